import type { ResourceValidationPolicy } from "@pulumi/policy";
import { FILTER_TYPES } from "../hub/resource-types.ts";
import { filterRules } from "./filter-rules.ts";

/** How long DocuSign's allow-list is good for, in days. */
const ROTATION_DAYS = 90;
const DAY_MS = 86_400_000;

/**
 * DocuSign's allow-list on the same WAF is renewed every 90 days. A rule of a ruleset whose description names DocuSign says there when that was last
 * done: `DocuSign allow-list, rotated 2026-11-01`. An advisory: an old list drops DocuSign's events and not Twilio's. Satisfied by renewing the
 * list and the date.
 *
 * @param today the time at which a resource is looked at
 * @see the domain document, "Related: Webhook/tunnel cluster": DocuSign WAF IP allowlist on same WAF instance (90-day rotation)
 */
export function docusignListRotated(today: () => Date = () => new Date()): ResourceValidationPolicy {
  return {
    name: "docusign-list-rotated",
    description: "DocuSign's allow-list was renewed within the last 90 days.",
    enforcementLevel: "advisory",
    validateResource: (args, reportViolation) => {
      if (args.type !== FILTER_TYPES.ruleset) return;
      for (const { at, description = "" } of filterRules(args)) {
        const problem = /docusign/i.test(description) ? rotationProblem(description, today()) : undefined;
        if (problem !== undefined) {
          reportViolation(
            `${args.name}.${at}: ${problem} (domain document, Related: Webhook/tunnel cluster: 90-day rotation)`,
          );
        }
      }
    },
  };
}

function rotationProblem(description: string, today: Date): string | undefined {
  const day = /\brotated (\d{4}-\d\d-\d\d)\b/.exec(description)?.[1];
  const remedy = 'renew the list, and write "rotated YYYY-MM-DD" into the rule\'s description';
  if (day === undefined || Number.isNaN(Date.parse(day)))
    return `the rule does not say when DocuSign's list was renewed; ${remedy}`;
  const age = Math.floor((today.getTime() - Date.parse(day)) / DAY_MS);
  if (age < 0) return `DocuSign's list is dated ${day}, which is in the future; ${remedy}`;
  return age > ROTATION_DAYS ? `DocuSign's list was renewed on ${day}, ${age} days ago; ${remedy}` : undefined;
}
