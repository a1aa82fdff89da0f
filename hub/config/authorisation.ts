/**
 * The authorisation of a restart of the PM2 process. Source: docs/domain.md#no-restart-without-authorisation: "service restarts require explicit Henry
 * auth; do not restart `twilio` PM2 process without confirmation".
 */
import { z } from "zod";
import { CalendarDate, expected, PlainText } from "../values/values.ts";

/** How long an authorisation may wait for its attempt, in days. */
export const AUTHORISATION_DAYS = 7;

const DAY_MS = 86_400_000;

const ReleaseDigest = z.string({ error: expected("a release's digest") }).regex(/^sha256:[0-9a-f]{64}$/, {
  error: "expected a staged release's digest: sha256: and 64 lower-case hex digits",
});

/**
 * When it was given: a day or a time, in UTC. One authorisation is one attempt, so a second one for the same release on the same day, after
 * a failed attempt, gives a time.
 */
const GivenOn = z.union([CalendarDate, z.iso.datetime({ precision: 0 })], {
  error: expected('"YYYY-MM-DD" or "YYYY-MM-DDThh:mm:ssZ", in quotes'),
});

/** The schema of `hub:authorisation`: the release that may run, who allows it, and when they did. */
export const Authorisation = z.strictObject({ release: ReleaseDigest, by: PlainText, on: GivenOn });
export type Authorisation = z.infer<typeof Authorisation>;

/** The data an authorisation is checked against. */
export interface AuthorisationContext {
  /** The people who may authorise (`hub:owners`). */
  readonly owners: readonly string[];
  /** `YYYY-MM-DD`, UTC. */
  readonly today: string;
}

/**
 * The problem with an authorisation, or undefined if it counts. Its age is not checked: a restart that has run stays in the stack after its
 * authorisation has expired, see {@link staleAuthorisationProblem}. Whether the release is staged is not checked either: only the machine knows,
 * since a rollback names an earlier release. The restart's script refuses a release that is not staged.
 *
 * @param authorisation the raw value, which is parsed here
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
 * The problem with an authorisation that is too old for an attempt, or undefined if it is not.
 *
 * @param on when it was given, a day or a time in UTC
 * @param today `YYYY-MM-DD`, UTC
 */
export function staleAuthorisationProblem(on: string, today: string): string | undefined {
  const days = Math.round((Date.parse(today) - Date.parse(on.slice(0, today.length))) / DAY_MS);
  // A text that is not a date gives NaN, which fails this comparison.
  if (days <= AUTHORISATION_DAYS) return undefined;
  return `on: ${on} is more than ${AUTHORISATION_DAYS} days ago; ask for a new authorisation`;
}
