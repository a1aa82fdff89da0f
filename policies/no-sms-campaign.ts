import type { ResourceValidationPolicy } from "@pulumi/policy";
import type { Manifest } from "../hub/manifest.ts";
import { allowedBesides, dayOf, type Exceptions, exceptionsOn } from "../hub/pack-config.ts";
import { blockedTypeReason, isHarmlessType } from "../hub/resource-types.ts";

/**
 * While A2P 10DLC is unapproved only resource types that cannot text pass: each unlawful text can cost 1,500 dollars. It goes by the type,
 * so values that a preview does not know yet change nothing. Satisfied by removing the resource, by a whole approval in `hub:tendlc`, or,
 * for one type that cannot text, by an entry of `allowedTypes` in `hub/pack-config.ts`.
 *
 * @param manifest gives the gate when a resource is looked at
 * @param exceptions gives the types that are allowed besides
 * @see the domain document, "Compliance Alert"
 */
export function noSmsCampaign(
  manifest: () => Pick<Manifest, "gate">,
  exceptions: () => Exceptions = () => exceptionsOn(dayOf(new Date())),
): ResourceValidationPolicy {
  return {
    name: "no-sms-campaign",
    description: "While A2P 10DLC is unapproved, only resource types that cannot send a text pass.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name }, reportViolation) => {
      // A config that the program refuses is the program's to report: the gate is asked where it matters.
      if (isHarmlessType(type)) return;
      const reason = blockedTypeReason(type, manifest().gate, allowedBesides(exceptions()));
      if (reason !== undefined) reportViolation(`${name}: ${reason}`);
    },
  };
}
