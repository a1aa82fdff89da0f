/** The findings of the policies in a plan. `pulumi preview --json` leaves them out; the engine's events have them. */
import { z } from "zod";

/** A finding, as `npm run policy -- --json` prints it too. */
export const PolicyFinding = z.object({
  policy: z.string(),
  level: z.enum(["mandatory", "advisory"]),
  /** Absent if the finding is about the whole stack. */
  urn: z.string().optional(),
  message: z.string(),
});
export type PolicyFinding = z.infer<typeof PolicyFinding>;

/** `policyEvent` of the engine's events (https://github.com/pulumi/pulumi, sdk/go/common/apitype/events.go). */
export const PolicyEvent = z.object({
  resourceUrn: z.string().optional(),
  message: z.string(),
  policyName: z.string(),
  enforcementLevel: z.string(),
});
export type PolicyEvent = z.infer<typeof PolicyEvent>;

/** The levels that stop nothing. */
const ADVISORY: readonly string[] = ["advisory", "warning"];

/** The engine's colour marks, like `<{%reset%}>`. */
const COLOUR_MARK = /<\{%[^%]*%\}>/g;

/** A text of the engine without its colour marks. */
export function withoutColours(text: string): string {
  return text.replace(COLOUR_MARK, "");
}

/** Makes a finding from the engine's event. A level that a later engine may add counts as mandatory. */
export function findingOf({ resourceUrn, message, policyName, enforcementLevel }: PolicyEvent): PolicyFinding {
  return {
    policy: policyName,
    level: ADVISORY.includes(enforcementLevel) ? "advisory" : "mandatory",
    ...(resourceUrn && { urn: resourceUrn }),
    message: withoutColours(message).trim(),
  };
}
