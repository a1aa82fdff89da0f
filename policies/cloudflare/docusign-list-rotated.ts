import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { FILTER_TYPES, LIST_TYPE } from "../../hub/guards/resource-types.ts";
import { readProperty } from "../reading/known-value.ts";

/** How long DocuSign's allow-list is valid, in days. */
const ROTATION_DAYS = 90;
const DAY_MS = 86_400_000;

const Text = z.string().catch("");
const Rules = z.array(z.object({ enabled: z.unknown().optional(), description: Text }).catch({ description: "" }));

/**
 * DocuSign's allow-list is on the same WAF. Any enabled rule of a ruleset whose description names DocuSign, and any list whose name or description does,
 * says when it was last renewed: `DocuSign allow-list, rotated 2026-11-01`. A description that a preview does not know passes. The policy is an advisory:
 * an old list drops DocuSign's events, not Twilio's.
 *
 * @param today the day of the run, `YYYY-MM-DD` in UTC
 * @see docs/domain.md#webhook-tunnel-cluster: DocuSign WAF IP allowlist on same WAF instance (90-day rotation)
 */
export function docusignListRotated(today: () => string): ResourceValidationPolicy {
  return {
    name: "docusign-list-rotated",
    description: "DocuSign's allow-list was renewed within the last 90 days.",
    enforcementLevel: "advisory",
    validateResource: (args, reportViolation) => {
      for (const { at, description } of descriptions(args)) {
        const problem = /docusign/i.test(description) ? rotationProblem(description, today()) : undefined;
        if (problem !== undefined) {
          reportViolation(`${args.name}.${at}: ${problem} (docs/domain.md#webhook-tunnel-cluster: 90-day rotation)`);
        }
      }
    },
  };
}

/** The descriptions of a list or of the rules of a ruleset, without rules that are disabled. */
function descriptions({ type, props }: ResourceValidationArgs): { at: string; description: string }[] {
  if (type === LIST_TYPE) {
    const [name, description] = ["name", "description"].map((key) => Text.parse(readProperty(props, key)));
    return [{ at: "description", description: `${name} ${description}` }];
  }
  const rules = type === FILTER_TYPES.ruleset ? Rules.safeParse(readProperty(props, "rules")).data : undefined;
  return (rules ?? []).flatMap(({ enabled, description }, index) =>
    enabled === false ? [] : [{ at: `rules[${index}].description`, description }],
  );
}

function rotationProblem(description: string, today: string): string | undefined {
  const day = /\brotated (\d{4}-\d\d-\d\d)\b/.exec(description)?.[1];
  const remedy = 'renew the list, and write "rotated YYYY-MM-DD" into the description';
  if (day === undefined || Number.isNaN(Date.parse(day)))
    return `it does not say when DocuSign's list was renewed; ${remedy}`;
  const age = (Date.parse(today) - Date.parse(day)) / DAY_MS;
  if (age < 0) return `DocuSign's list is dated ${day}, which is in the future; ${remedy}`;
  return age > ROTATION_DAYS ? `DocuSign's list was renewed on ${day}, ${age} days ago; ${remedy}` : undefined;
}
