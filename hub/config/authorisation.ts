/**
 * The authorisation of a restart of the PM2 process. Source: docs/domain.md#no-restart-without-authorisation: "service restarts require explicit Henry
 * auth; do not restart `twilio` PM2 process without confirmation".
 */
import { z } from "zod";
import { CalendarDate, found, PlainText } from "../values/values.ts";

/** How many days an authorisation waits for its attempt. */
export const AUTHORISATION_DAYS = 7;

const DAY_MS = 86_400_000;

const ReleaseDigest = z
  .string({
    error: (issue) => (issue.input === undefined ? "missing" : `expected a release's digest; ${found(issue)}`),
  })
  .regex(/^sha256:[0-9a-f]{64}$/, {
    error: "expected a staged release's digest: sha256: and 64 lower-case hex digits",
  });

/**
 * When it was given: a day, or a moment, both in UTC. One authorisation is one attempt, so who authorises the same release again after an attempt
 * that failed says the moment.
 */
const GivenOn = z.union([CalendarDate, z.iso.datetime({ precision: 0 })], {
  error: (issue) =>
    issue.input === undefined
      ? "missing"
      : `expected "YYYY-MM-DD" or "YYYY-MM-DDThh:mm:ssZ", in quotes; ${found(issue)}`,
});

/** The schema of `hub:authorisation`: which release may run, who says so, and when they said it. */
export const Authorisation = z.strictObject({ release: ReleaseDigest, by: PlainText, on: GivenOn });
export type Authorisation = z.infer<typeof Authorisation>;

/** What an authorisation is held against. */
export interface AuthorisationContext {
  /** The people whose word counts (`hub:owners`). */
  readonly owners: readonly string[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
}

/**
 * What is wrong with an authorisation, or undefined where it counts. Its age is not looked at: a restart that has run stays in the stack for
 * longer than it was good for, see {@link staleAuthorisationProblem}. Nor is it asked whether the release is staged, which only the machine knows: a
 * rollback names an earlier one. The restart's script refuses one that is not.
 *
 * @param authorisation as it was found; it is parsed here
 */
export function authorisationProblem(
  authorisation: unknown,
  { owners, today }: AuthorisationContext,
): string | undefined {
  const parsed = Authorisation.safeParse(authorisation);
  if (!parsed.success) {
    return parsed.error.issues
      .map(({ path, message }) => `${path.join(".") || "authorisation"}: ${message}`)
      .join("; ");
  }
  const { by, on } = parsed.data;
  if (!owners.includes(by)) return `by: "${by}" is not in hub:owners`;
  if (on.slice(0, today.length) > today) return `on: ${on} is in the future`;
  return undefined;
}

/**
 * Why an authorisation is too old for an attempt, or undefined where it is not.
 *
 * @param on when it was given, a day or a moment in UTC
 * @param today `YYYY-MM-DD`, UTC
 */
export function staleAuthorisationProblem(on: string, today: string): string | undefined {
  const days = Math.round((Date.parse(today) - Date.parse(on.slice(0, today.length))) / DAY_MS);
  // What is no date gives no number, and no number is young enough.
  if (days <= AUTHORISATION_DAYS) return undefined;
  return `on: ${on} is more than ${AUTHORISATION_DAYS} days ago; ask for a new authorisation`;
}
