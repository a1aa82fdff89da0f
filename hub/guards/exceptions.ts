/**
 * The policy pack's config: the only place to switch off a policy or to add a type to the allow-list. It is in the repository, so an exception
 * is reviewed like code. It is in `hub`, so that the program's own guard reads the same types: a run without the pack does not get around it.
 */
import { z } from "zod";
import { ConfigError } from "../config/parse.ts";
import { CalendarDate, PlainText } from "../values/values.ts";
import { dangerOfType } from "./resource-types.ts";

/** The longest life of an exception that is not renewed, in days. */
const MAX_DAYS = 90;

/** Policies that cannot be switched off: what they prevent can cost 1,500 dollars a text, or the loss of a number for good. */
const NEVER_OFF: readonly string[] = ["no-sms-campaign", "tendlc-evidence", "tollfree-evidence", "number-kept"];

const reasoned = { reason: PlainText, until: CalendarDate };

const SwitchedOff = z
  .strictObject({ policy: PlainText, ...reasoned })
  .refine(({ policy }) => !NEVER_OFF.includes(policy), { error: "this policy is never switched off" });

const AllowedType = z
  .strictObject({
    type: z.string().regex(/^[a-z][a-z0-9-]*:[A-Za-z0-9/_-]+:[A-Za-z0-9]+$/, {
      error: "expected one complete type token, like aws:s3/bucket:Bucket; a pattern is not accepted",
    }),
    ...reasoned,
  })
  .check(({ value, issues }) => {
    const danger = dangerOfType(value.type);
    if (danger === undefined) return;
    const message = `${value.type} is never allowed while a number may not text: ${danger}`;
    issues.push({ code: "custom", input: value.type, path: ["type"], message });
  });

/** The pack's config: the policies that are off and the extra types that are allowed, each with a reason and its last day (UTC). */
const PackConfig = z.strictObject({ off: z.array(SwitchedOff), allowedTypes: z.array(AllowedType) });
export type PackConfig = z.infer<typeof PackConfig>;

/** Today's exceptions. An entry of `off`: `{ policy, reason, until: "YYYY-MM-DD" }`; of `allowedTypes`: `{ type, reason, until }`. */
export const PACK_CONFIG: z.input<typeof PackConfig> = { off: [], allowedTypes: [] };

/** The part of the pack's config that is valid on a given day. */
export interface Exceptions {
  readonly off: PackConfig["off"];
  readonly allowedTypes: PackConfig["allowedTypes"];
}

/**
 * The exceptions that are valid on a given day. After an exception's last day its policy is on again.
 *
 * @param today `YYYY-MM-DD`, UTC
 * @throws ConfigError if an exception has no reason or no last day, if its last day is too far ahead, if its type can text, or if its policy
 * cannot be switched off
 */
export function exceptionsOn(today: string, config: unknown = PACK_CONFIG): Exceptions {
  const parsed = PackConfig.safeParse(config);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    throw new ConfigError(`hub/guards/exceptions.ts is not valid: ${problems.join("; ")}`);
  }
  const { off, allowedTypes } = parsed.data;
  const last = new Date(Date.parse(today) + MAX_DAYS * 86_400_000).toISOString().slice(0, 10);
  for (const { until } of [...off, ...allowedTypes]) {
    if (until > last) {
      throw new ConfigError(
        `hub/guards/exceptions.ts: until ${until} is more than ${MAX_DAYS} days ahead; use ${last} at the latest`,
      );
    }
  }
  return {
    off: off.filter(({ until }) => until >= today),
    allowedTypes: allowedTypes.filter(({ until }) => until >= today),
  };
}

/** The extra types that exceptions allow. */
export function extraTypes({ allowedTypes }: Exceptions): ReadonlySet<string> {
  return new Set(allowedTypes.map(({ type }) => type));
}

/** The day of a time, `YYYY-MM-DD` in UTC. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
