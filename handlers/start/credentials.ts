/** The handler's Twilio credentials, resolved from their references at the start and kept only in memory. `validity.ts` says which of them are valid. */
import type { SigningKey } from "../../hub/config/signing.ts";
import type { HandlerSecrets } from "../../hub/manifest.ts";
import { keyState } from "../../hub/signing/key-state.ts";
import {
  accountSidProblem,
  apiKeySidProblem,
  gateFileKeyProblem,
  tokenProblem,
  type ValueProblem,
} from "../../hub/values/credential-form.ts";
import { allOf, ProblemsError } from "./problems.ts";
import { openVault, type ReadSecret } from "./vault.ts";

/** An auth token that may sign webhooks. */
export interface AuthToken {
  readonly token: string;
  /** The first moment at which it is no longer valid; absent for a token without an end. */
  readonly validUntil?: Date;
}

/** A SharedKey that may sign webhooks, with its secret in place of the secret's reference. */
export interface SigningSecret extends Omit<SigningKey, "secret"> {
  readonly secret: string;
}

/** An API key of the account. */
export interface ApiKey {
  /** `SK` and 32 lower-case hex digits. */
  readonly sid: string;
  readonly secret: string;
}

/** The credentials that webhooks are checked with, and those of the handler's own requests. */
export interface Credentials {
  /** The SID of our account: `AC` and 32 lower-case hex digits. */
  readonly accountSid: string;
  /** The auth tokens that may sign: one, or the old and the new one during a promotion; none if `hub:signing` refuses them. */
  readonly authTokens: readonly AuthToken[];
  /** The signing keys that are not expired. A key whose time has not come is among them. */
  readonly signingKeys: readonly SigningSecret[];
  /** The API key of the handler's requests to Twilio. If absent, the auth token is used. */
  readonly apiKey?: ApiKey;
  /** The key of the gate file's MAC. If absent, the auth token is used. */
  readonly gateFileKey?: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Resolves the manifest's references, those of a previous auth token and of a signing key only if they are not expired. No value is logged or put into
 * an error.
 *
 * @throws ProblemsError naming every reference that cannot be read, is empty, or holds a value of another form, with the message of `op`
 * @throws Error naming the key of the config if webhooks may be signed with nothing that is valid now
 */
export async function resolveCredentials(
  references: HandlerSecrets,
  now = new Date(),
  read: ReadSecret = openVault(),
): Promise<Credentials> {
  requireSigner(references, now);
  const [accountSid, token, previous, signingKeys, apiKey, gateFileKey] = await allOf(
    [
      readOfKind(references.accountSid, read, accountSidProblem),
      readToken(references, read),
      readPrevious(references, now, read),
      readSigningKeys(references, now, read),
      readApiKey(references, read),
      readGateFileKey(references, read),
    ],
    unreadable,
  );
  return {
    accountSid,
    authTokens: [...token, ...previous],
    signingKeys,
    ...(apiKey && { apiKey }),
    ...(gateFileKey !== undefined && { gateFileKey }),
  };
}

function unreadable(problems: readonly string[], options: ErrorOptions): ProblemsError {
  return new ProblemsError("a secret of hub:twilio or hub:signing cannot be read", problems, options);
}

/** A handler that nothing is valid for would refuse every webhook. Its check fails, so it does not replace a running one. */
function requireSigner({ authToken, signingKeys = [] }: HandlerSecrets, now: Date): void {
  if (authToken !== undefined || signingKeys.some((key) => keyState(key, now) === "valid")) return;
  throw new Error(
    "hub:signing.keys: none is valid now, and hub:signing.authToken is refuse, so every webhook would be refused; add a key that is valid, or accept the auth token",
  );
}

/** Reads a value of a kind. A token with a blank or a line end behind it would verify no signature: every webhook would be answered 403. */
async function readOfKind(reference: string, read: ReadSecret, problemOf: ValueProblem): Promise<string> {
  const value = await read(reference);
  const problem = problemOf(reference, value);
  if (problem !== undefined) throw new Error(problem);
  return value;
}

/** Reads the auth token. Without a reference the handler does without it. */
async function readToken({ authToken }: HandlerSecrets, read: ReadSecret): Promise<AuthToken[]> {
  return authToken === undefined ? [] : [{ token: await readOfKind(authToken, read, tokenProblem) }];
}

/** Reads the previous token. An expired reference is not read, since its value may already be gone. */
async function readPrevious(
  { previousAuthToken: previous }: HandlerSecrets,
  now: Date,
  read: ReadSecret,
): Promise<AuthToken[]> {
  if (previous === undefined) return [];
  const validUntil = endOfDay(previous.until);
  if (now.getTime() >= validUntil.getTime()) return [];
  return [{ token: await readOfKind(previous.reference, read, tokenProblem), validUntil }];
}

/** Reads the keys that are not expired. A key whose time lies ahead is read too: a handler that runs by then takes it without a restart. */
function readSigningKeys({ signingKeys = [] }: HandlerSecrets, now: Date, read: ReadSecret): Promise<SigningSecret[]> {
  const readings = signingKeys
    .filter((key) => keyState(key, now) !== "expired")
    .map((key) => readSigningKey(key, read));
  return allOf(readings, unreadable);
}

async function readSigningKey(key: SigningKey, read: ReadSecret): Promise<SigningSecret> {
  return { ...key, secret: await readOfKind(key.secret, read, tokenProblem) };
}

async function readApiKey({ apiKey }: HandlerSecrets, read: ReadSecret): Promise<ApiKey | undefined> {
  if (apiKey === undefined) return undefined;
  const [sid, secret] = await allOf(
    [readOfKind(apiKey.sid, read, apiKeySidProblem), readOfKind(apiKey.secret, read, tokenProblem)],
    unreadable,
  );
  return { sid, secret };
}

async function readGateFileKey({ gateFileKey }: HandlerSecrets, read: ReadSecret): Promise<string | undefined> {
  return gateFileKey === undefined ? undefined : readOfKind(gateFileKey, read, gateFileKeyProblem);
}

/** The first moment after a calendar day in UTC. A date without a time is parsed as UTC (https://tc39.es/ecma262/#sec-date-time-string-format). */
function endOfDay(date: string): Date {
  return new Date(Date.parse(date) + DAY_MS);
}
