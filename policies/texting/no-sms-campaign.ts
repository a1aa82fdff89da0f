import type { ResourceValidationPolicy } from "@pulumi/policy";
import { gatesOn } from "../../hub/gate/gates-on.ts";
import { dayOf, exceptionsOn, extraTypes } from "../../hub/guards/exceptions.ts";
import { blockedTypeReason, isHarmlessType } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";

/**
 * Each unlawful text can cost 1,500 dollars. The type alone decides, so values that a preview does not know change nothing. An approval with a date in
 * the future opens nothing yet.
 *
 * @param manifest called for each resource, for its gates
 * @param now the time of the run
 * @see docs/domain.md#compliance-alert
 */
export function noSmsCampaign(manifest: () => Pick<Manifest, "gates">, now: () => Date): ResourceValidationPolicy {
  return {
    name: "no-sms-campaign",
    description:
      "While a number may not text, only resource types that cannot send a text pass. The type of a registration waits for its own numbers alone.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name }, reportViolation) => {
      // The manifest is read only for a type that the gate decides about: the program reports an invalid config in its own words.
      if (isHarmlessType(type)) return;
      const gates = gatesOn(manifest().gates, now());
      const reason = blockedTypeReason(type, gates, extraTypes(exceptionsOn(dayOf(now()))));
      if (reason !== undefined) reportViolation(`${name}: ${reason}`);
    },
  };
}
