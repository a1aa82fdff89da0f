import type { ResourceValidationPolicy } from "@pulumi/policy";
import { futureDates } from "../../hub/gate/registration.ts";
import { type TendlcRecord, tendlcDates, tendlcGate } from "../../hub/gate/tendlc.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { stackConfig } from "../reading/stack.ts";

/**
 * The gate stays closed on an incomplete approval anyway, but a record that claims more than it shows must be seen before anybody relies on it. `denied`
 * and `submitted` claim nothing and pass, unless one of their dates is in the future (UTC). A sign-off must also answer the last denial.
 *
 * The policy reads the config when it is shown the hub's component, which comes before everything in it and which an exported state holds too. It reads
 * nothing else, so nothing is unknown in a preview.
 *
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @see docs/domain.md#compliance-alert: "B14a Henry signoff required before resubmission"
 */
export function tendlcEvidence(today: () => string): ResourceValidationPolicy {
  return {
    name: "tendlc-evidence",
    description:
      "An approval of A2P 10DLC names its campaign, its date and an owner's B14a sign-off, and no date is in the future.",
    enforcementLevel: "mandatory",
    validateResource: ({ type }, reportViolation) => {
      if (type !== COMPONENT_TYPES.hub) return;
      const { tendlc, owners } = stackConfig();
      for (const problem of [...missingEvidence(tendlc, owners), ...futureDates(tendlcDates(tendlc), today())]) {
        reportViolation(
          `hub:tendlc: ${problem}; complete the record, or set status to "submitted" (docs/domain.md#compliance-alert)`,
        );
      }
    },
  };
}

function missingEvidence(record: TendlcRecord, owners: readonly string[]): readonly string[] {
  const gate = tendlcGate(record, owners);
  return record.status !== "approved" || gate.isWhole ? [] : gate.reasons;
}
