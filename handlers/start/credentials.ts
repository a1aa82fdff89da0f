/** The handler's Twilio credentials, resolved from their references at the start and kept only in memory. */
import type { Manifest } from "../../hub/manifest.ts";
import { accountSidProblem, tokenProblem, type ValueProblem } from "../../hub/values/credential-form.ts";
import type { ApiAccount } from "../twilio/api-account.ts";
import { allOf, ProblemsError } from "./problems.ts";
import { openVault, type ReadSecret } from "./vault.ts";

/** An auth token that may sign webhooks. */
export interface AuthToken {
  readonly token: string;
  /** The first moment at which it is no longer valid; absent for a token without an end. */
  readonly validUntil?: Date;
}

/** The credentials that webhooks are checked with. */
export interface Credentials {
  /** The SID of our account: `AC` and 32 lower-case hex digits. */
  readonly accountSid: string;
  /** The auth tokens that may sign: one, or the old and the new one during a promotion. */
  readonly authTokens: readonly AuthToken[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Resolves the manifest's references, that of the previous auth token only while the token is valid. No value is logged or put into an error.
 *
 * @throws ProblemsError naming every reference that cannot be read, is empty, or holds no account SID or no token, with the message of `op`
 */
export async function resolveCredentials(
  references: Manifest["secrets"],
  now = new Date(),
  read: ReadSecret = openVault(),
): Promise<Credentials> {
  const [accountSid, token, previous] = await allOf(
    [
      readOfKind(references.accountSid, read, accountSidProblem),
      readToken(references, read),
      readPrevious(references, now, read),
    ],
    (problems, options) => new ProblemsError("a secret of hub:twilio cannot be read", problems, options),
  );
  return { accountSid, authTokens: [...token, ...previous] };
}

/** The tokens that may sign at this moment. A running handler drops the previous token when its promotion ends. */
export function validTokens({ authTokens }: Pick<Credentials, "authTokens">, now: Date): string[] {
  return authTokens
    .filter(({ validUntil }) => validUntil === undefined || now.getTime() < validUntil.getTime())
    .map(({ token }) => token);
}

/**
 * The account for Twilio's REST API. The first token is tried first; it is the one that stays after a promotion's steps.
 *
 * @throws Error if the credentials hold no auth token
 */
export function apiAccount(credentials: Credentials): ApiAccount {
  const [first] = credentials.authTokens;
  if (first === undefined) throw new Error("no auth token: Twilio's API cannot be called without one");
  const { accountSid } = credentials;
  const otherTokens = () => validTokens(credentials, new Date()).filter((token) => token !== first.token);
  return { accountSid, authToken: first.token, otherTokens };
}

/** Reads a value of a kind. A token with a blank or a line end behind it would verify no signature: every webhook would be answered 403. */
async function readOfKind(reference: string, read: ReadSecret, problemOf: ValueProblem): Promise<string> {
  const value = await read(reference);
  const problem = problemOf(reference, value);
  if (problem !== undefined) throw new Error(problem);
  return value;
}

/** Reads the auth token. Without a reference the handler does without it. */
async function readToken({ authToken }: Manifest["secrets"], read: ReadSecret): Promise<AuthToken[]> {
  return authToken === undefined ? [] : [{ token: await readOfKind(authToken, read, tokenProblem) }];
}

/** Reads the previous token. An expired reference is not read, since its value may already be gone. */
async function readPrevious(
  { previousAuthToken: previous }: Manifest["secrets"],
  now: Date,
  read: ReadSecret,
): Promise<AuthToken[]> {
  if (previous === undefined) return [];
  const validUntil = endOfDay(previous.until);
  if (now.getTime() >= validUntil.getTime()) return [];
  return [{ token: await readOfKind(previous.reference, read, tokenProblem), validUntil }];
}

/** The first moment after a calendar day in UTC. A date without a time is parsed as UTC (https://tc39.es/ecma262/#sec-date-time-string-format). */
function endOfDay(date: string): Date {
  return new Date(Date.parse(date) + DAY_MS);
}
