/**
 * The handler's own secrets: resolved from their references through the `op` CLI when it starts, and kept in memory alone.
 * Source: https://developer.1password.com/docs/cli/reference/commands/read
 */
import { execFile } from "node:child_process";
import type { Manifest } from "../hub/manifest.ts";

/** What the handler checks webhooks with. */
export interface Credentials {
  /** The SID of our account: `AC` and 32 lower-case hex digits. */
  readonly accountSid: string;
  /** The auth tokens that may sign: one, or the old and the new one during a promotion. */
  readonly authTokens: readonly string[];
}

/** How long `op` may take over one reference, in milliseconds. */
const OP_TIMEOUT_MS = 30_000;

const ACCOUNT_SID = /^AC[0-9a-f]{32}$/;

/**
 * Resolves the manifest's references. No value is logged or stands in an error.
 *
 * @throws Error naming the reference, and what `op` said, where one cannot be read, is empty, or holds no account SID
 */
export async function resolveCredentials(references: Manifest["secrets"]): Promise<Credentials> {
  const [accountSid, authToken] = await Promise.all([
    readSecret(references.accountSid),
    readSecret(references.authToken),
  ]);
  if (!ACCOUNT_SID.test(accountSid)) {
    throw new Error(
      `${references.accountSid}: expected an account SID, AC and 32 lower-case hex digits (the value is not shown)`,
    );
  }
  return { accountSid, authTokens: [authToken] };
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
