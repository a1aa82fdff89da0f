import * as pulumi from "@pulumi/pulumi";
import { gateOn } from "../../hub/gate/tendlc.ts";
import { allowedBesides, dayOf, exceptionsOn } from "../../hub/guards/exceptions.ts";
import { blockedTypeReason } from "../../hub/guards/resource-types.ts";
import { mistake } from "../stack/mistake.ts";
import type { Stack } from "../stack/stack-config.ts";
import { refuseUnknownCommand, refuseUnknownCommandAtEngine } from "./refuse-unknown-commands.ts";

/**
 * Refuses every resource whose type may not pass while A2P 10DLC is unapproved, and every command that is not the hub's own, with the policy
 * pack's own predicates and exceptions: a run without the pack is no way round it. The SDK asks when a resource is constructed, and the engine asks
 * again when it is registered: the program cannot take that second question back, and nothing that speaks to the engine by itself goes past it. To
 * be called before any resource is made.
 *
 * @throws RunError, out of the constructor of the resource that is refused
 */
export function refuseBlockedTypes({ config, manifest }: Stack): void {
  const today = dayOf(new Date());
  const allowed = allowedBesides(exceptionsOn(today));
  const gate = gateOn(manifest.gate, config.tendlc, today);
  const context = { config, gate: manifest.gate, today };
  const refuseType = ({ type, name }: { readonly type: string; readonly name: string }): void => {
    const reason = blockedTypeReason(type, gate, allowed);
    if (reason !== undefined) throw mistake(`${name}: ${reason}`);
  };
  pulumi.runtime.registerStackTransformation((declared) => {
    refuseType(declared);
    refuseUnknownCommand(declared, context);
    return undefined;
  });
  pulumi.runtime.registerResourceTransform(async (declared) => {
    refuseType(declared);
    await refuseUnknownCommandAtEngine(declared, context);
    return undefined;
  });
}
