import * as pulumi from "@pulumi/pulumi";
import { blockedTypeReason } from "../hub/resource-types.ts";
import type { TendlcGate } from "../hub/tendlc.ts";
import { mistake } from "./mistake.ts";

/**
 * Refuses every resource whose type may not pass while A2P 10DLC is unapproved, with the policy pack's own predicate: a run without the pack
 * is no way round it. To be called before any resource is made.
 *
 * @throws RunError, out of the constructor of the resource that is refused
 */
export function refuseBlockedTypes(gate: TendlcGate): void {
  pulumi.runtime.registerStackTransformation(({ type, name }) => {
    const reason = blockedTypeReason(type, gate);
    if (reason !== undefined) throw mistake(`${name}: ${reason}`);
    return undefined;
  });
}
