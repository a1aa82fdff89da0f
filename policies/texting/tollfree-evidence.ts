import type { ResourceValidationPolicy } from "@pulumi/policy";
import { futureDates } from "../../hub/gate/registration.ts";
import { tollfreeDates, tollfreeGate } from "../../hub/gate/tollfree.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { stackConfig } from "../reading/stack.ts";

/**
 * The toll-free number's gate stays closed on an incomplete approval anyway, but a record that claims more than it shows must be seen before anybody
 * relies on it. A config without the record, `rejected` and `submitted` claim nothing and pass, unless one of their dates is in the future (UTC). A
 * sign-off must also answer the last rejection, if there is one.
 *
 * The policy reads the config when it is shown the hub's component, like `tendlc-evidence`.
 *
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @see docs/texts.md
 */
export function tollfreeEvidence(today: () => string): ResourceValidationPolicy {
  return {
    name: "tollfree-evidence",
    description:
      "An approval of the toll-free number names its verification, its date and an owner's sign-off, and no date is in the future.",
    enforcementLevel: "mandatory",
    validateResource: ({ type }, reportViolation) => {
      if (type !== COMPONENT_TYPES.hub) return;
      const { tollfree, owners } = stackConfig();
      if (tollfree === undefined) return;
      const gate = tollfreeGate(tollfree.number, tollfree, owners);
      const missing = tollfree.status !== "approved" || gate.isWhole ? [] : gate.reasons;
      for (const problem of [...missing, ...futureDates(tollfreeDates(tollfree), today())]) {
        reportViolation(`hub:tollfree: ${problem}; complete the record, or set status to "submitted" (docs/texts.md)`);
      }
    },
  };
}
