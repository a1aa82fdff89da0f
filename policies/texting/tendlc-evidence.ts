import type { ResourceValidationPolicy } from "@pulumi/policy";
import { futureDates, type TendlcRecord, tendlcGate } from "../../hub/gate/tendlc.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { stackConfig } from "../reading/stack.ts";

/**
 * An approval of A2P 10DLC stands on its evidence: who writes `status: approved` also gives the campaign's SID, the date, and a B14a sign-off by
 * an owner that answers the last denial; and no date lies in the future (UTC). The gate stays shut on anything less, but a record that claims more
 * than it shows is to be seen before it is relied on. It reads the config when the hub's component is looked at, which comes before everything
 * that the component makes, and which an exported state has too. `denied` and `submitted` claim nothing and pass. The config is always known, and nothing else is read. Satisfied by a whole record in `hub:tendlc`, or by
 * the status `submitted`.
 *
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @see docs/domain.md#compliance-alert: "B14a Henry signoff required before resubmission"
 */
export function tendlcEvidence(today: () => string): ResourceValidationPolicy {
  return {
    name: "tendlc-evidence",
    description:
      "An approval of A2P 10DLC names its campaign, its date and an owner's B14a sign-off, none of them in the future.",
    enforcementLevel: "mandatory",
    validateResource: ({ type }, reportViolation) => {
      if (type !== COMPONENT_TYPES.hub) return;
      const { tendlc, owners } = stackConfig();
      for (const problem of [...missingEvidence(tendlc, owners), ...futureDates(tendlc, today())]) {
        reportViolation(
          `hub:tendlc: ${problem}; complete the record, or set status to "submitted" (docs/domain.md#compliance-alert)`,
        );
      }
    },
  };
}

function missingEvidence(record: TendlcRecord, owners: readonly string[]): readonly string[] {
  const gate = tendlcGate(record, owners);
  return record.status !== "approved" || gate.open ? [] : gate.reasons;
}
