import type { ResourceValidationPolicy } from "@pulumi/policy";
import { gateOn } from "../../hub/gate/tendlc.ts";
import { dayOf, type Exceptions, exceptionsOn, extraTypes } from "../../hub/guards/exceptions.ts";
import { blockedTypeReason, isHarmlessType } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { stackConfig } from "../reading/stack.ts";

/**
 * While A2P 10DLC is unapproved only resource types that cannot text pass: each unlawful text can cost 1,500 dollars. It goes by the type,
 * so values that a preview does not know yet change nothing. An approval with a date in the future opens nothing yet. Satisfied by removing the resource, by a whole approval in `hub:tendlc`, or,
 * for one type that cannot text, by an entry of `allowedTypes` in `hub/guards/exceptions.ts`.
 *
 * @param manifest gives the gate when a resource is looked at
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @param exceptions gives the types that are allowed besides on a day
 * @see docs/domain.md#compliance-alert
 */
export function noSmsCampaign(
  manifest: () => Pick<Manifest, "gate">,
  today: () => string = () => dayOf(new Date()),
  exceptions: (day: string) => Exceptions = exceptionsOn,
): ResourceValidationPolicy {
  return {
    name: "no-sms-campaign",
    description: "While A2P 10DLC is unapproved, only resource types that cannot send a text pass.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name }, reportViolation) => {
      // A config that the program refuses is the program's to report: the gate is asked where it matters.
      if (isHarmlessType(type)) return;
      const gate = gateOn(manifest().gate, stackConfig().tendlc, today());
      const reason = blockedTypeReason(type, gate, extraTypes(exceptions(today())));
      if (reason !== undefined) reportViolation(`${name}: ${reason}`);
    },
  };
}
