/**
 * The handler's own secrets: resolved from their references through the `op` CLI when it starts, and kept in memory alone.
 * Source: https://developer.1password.com/docs/cli/reference/commands/read
 */
import { execFile } from "node:child_process";
import type { Manifest } from "../hub/manifest.ts";

/** An auth token that may sign webhooks. */
export interface AuthToken {
  readonly token: string;
  /** The first moment at which it counts no more; absent for the token that has no end. */
  readonly validUntil?: Date;
}

/** What the handler checks webhooks with. */
export interface Credentials {
  /** The SID of our account: `AC` and 32 lower-case hex digits. */
  readonly accountSid: string;
  /** The auth tokens that may sign: one, or the old and the new one during a promotion. */
  readonly authTokens: readonly AuthToken[];
}

/** How long `op` may take over one reference, in milliseconds. */
const OP_TIMEOUT_MS = 30_000;

const DAY_MS = 24 * 60 * 60 * 1000;

const ACCOUNT_SID = /^AC[0-9a-f]{32}$/;

/**
 * Resolves the manifest's references, that of the previous auth token only while it counts. No value is logged or stands in an error.
 *
 * @throws Error naming the reference, and what `op` said, where one cannot be read, is empty, or holds no account SID
 */
export async function resolveCredentials(references: Manifest["secrets"], now = new Date()): Promise<Credentials> {
  const [accountSid, token, previous] = await Promise.all([
    readSecret(references.accountSid),
    readSecret(references.authToken),
    readPrevious(references.previousAuthToken, now),
  ]);
  if (!ACCOUNT_SID.test(accountSid)) {
    throw new Error(
      `${references.accountSid}: expected an account SID, AC and 32 lower-case hex digits (the value is not shown)`,
    );
  }
  return { accountSid, authTokens: [{ token }, ...previous] };
}

/** The tokens that may sign at this moment. A handler that runs on past the end of a promotion drops the previous one by itself. */
export function validTokens({ authTokens }: Pick<Credentials, "authTokens">, now: Date): string[] {
  return authTokens
    .filter(({ validUntil }) => validUntil === undefined || now.getTime() < validUntil.getTime())
    .map(({ token }) => token);
}

/**
 * The value behind a 1Password reference.
 *
 * @throws Error naming the reference, and what `op` said, where it cannot be read or is empty
 */
export async function readSecret(reference: string): Promise<string> {
  const value = await opRead(reference);
  if (value === "") throw new Error(`${reference}: the value is empty; set it in 1Password`);
  return value;
}

/** An expired reference is not read: its value may be gone already. */
async function readPrevious(previous: Manifest["secrets"]["previousAuthToken"], now: Date): Promise<AuthToken[]> {
  if (previous === undefined) return [];
  const validUntil = endOfDay(previous.until);
  if (now.getTime() >= validUntil.getTime()) return [];
  return [{ token: await readSecret(previous.reference), validUntil }];
}

/** The moment after a calendar day in UTC. A date alone is read as UTC (https://tc39.es/ecma262/#sec-date-time-string-format). */
function endOfDay(date: string): Date {
  return new Date(Date.parse(date) + DAY_MS);
}

/** The callback's error is chained: unlike that of a promisified `execFile`, it does not carry the standard output. */
function opRead(reference: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ["read", "--no-newline", reference];
    execFile("op", args, { timeout: OP_TIMEOUT_MS }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      reject(new Error(`${reference}: op read failed: ${reasonOf(error, stderr)}`, { cause: error }));
    });
  });
}

function reasonOf(error: { killed?: boolean | undefined; message: string }, stderr: string): string {
  if (error.killed) return `no answer within ${OP_TIMEOUT_MS / 1000} s`;
  return stderr.trim() || error.message;
}
