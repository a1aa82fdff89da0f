import type { StackValidationPolicy } from "@pulumi/policy";
import { staleAuthorisationProblem } from "../../hub/config/authorisation.ts";
import { authorisedOn, hasCarriedOut, isRestart, wouldRun } from "./reading/deployment.ts";

/**
 * An authorisation is valid for its attempt for 7 days. A restart that has run stays in the stack, so its age says nothing. The output of a restart shows
 * whether the plan would run or change it: no preview knows that output. The deployment then says whether the machine has carried the authorisation
 * out, and such a restart does not run again.
 *
 * So a preview is needed: an `up` without one (`--skip-preview`) sees the output of a restart that has just run, and the script must check the day.
 *
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @see docs/domain.md#no-restart-without-authorisation: "service restarts require explicit Henry auth"
 */
export function restartRecent(today: () => string): StackValidationPolicy {
  return {
    name: "restart-recent",
    description: "A restart that the plan would run was authorised in the last 7 days.",
    enforcementLevel: "mandatory",
    validateStack: ({ resources }, reportViolation) => {
      if (resources.some(hasCarriedOut)) return;
      for (const { name, props } of resources.filter((resource) => isRestart(resource) && wouldRun(resource))) {
        const problem = staleAuthorisationProblem(authorisedOn(props), today());
        if (problem === undefined) continue;
        reportViolation(
          `${name}.environment.HUB_AUTHORISED_ON: ${problem} (docs/domain.md#no-restart-without-authorisation)`,
        );
      }
    },
  };
}
