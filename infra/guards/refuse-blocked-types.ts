import * as pulumi from "@pulumi/pulumi";
import { dayOf, exceptionsOn, extraTypes } from "../../hub/guards/exceptions.ts";
import { blockedTypeReason } from "../../hub/guards/resource-types.ts";
import { mistake } from "../stack/mistake.ts";
import type { Stack } from "../stack/stack-config.ts";
import { refuseUnknownCommand, refuseUnknownCommandAtEngine } from "./refuse-unknown-commands.ts";

/**
 * Refuses every resource whose type may not pass while a number may not text, and every command that is not the hub's own. It uses the policy
 * pack's predicates and exceptions, so a run without the pack does not get around it. The SDK calls this guard when a resource is constructed, and
 * the engine again when it is registered: the program cannot remove the second call, and code that talks to the engine directly does not avoid it.
 * Call this before any resource is created.
 *
 * @throws RunError from the constructor of a refused resource
 */
export function refuseBlockedTypes({ config, gates, now }: Stack): void {
  const today = dayOf(now);
  const allowed = extraTypes(exceptionsOn(today));
  const context = { config, gates, today };
  const refuseType = ({ type, name }: { readonly type: string; readonly name: string }): void => {
    const reason = blockedTypeReason(type, gates, allowed);
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
