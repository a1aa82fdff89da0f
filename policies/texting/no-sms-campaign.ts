import type { ResourceValidationPolicy } from "@pulumi/policy";
import { gateOn } from "../../hub/gate/gate-on.ts";
import { dayOf, exceptionsOn, extraTypes } from "../../hub/guards/exceptions.ts";
import { blockedTypeReason, isHarmlessType } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";

/**
 * Each unlawful text can cost 1,500 dollars. The type alone decides, so values that a preview does not know change nothing. An approval with a date in
 * the future opens nothing yet.
 *
 * @param manifest called for each resource, for its gate
 * @param now the time of the run
 * @see docs/domain.md#compliance-alert
 */
export function noSmsCampaign(manifest: () => Pick<Manifest, "gate">, now: () => Date): ResourceValidationPolicy {
  return {
    name: "no-sms-campaign",
    description: "While A2P 10DLC is unapproved, only resource types that cannot send a text pass.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name }, reportViolation) => {
      // The manifest is read only for a type that the gate decides about: the program reports an invalid config in its own words.
      if (isHarmlessType(type)) return;
      const gate = gateOn(manifest().gate, now());
      const reason = blockedTypeReason(type, gate, extraTypes(exceptionsOn(dayOf(now()))));
      if (reason !== undefined) reportViolation(`${name}: ${reason}`);
    },
  };
}
