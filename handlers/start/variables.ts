/**
 * The variables of the handler's environment and their checks. A message names the expected value, with an example. If the variable may hold a
 * secret, the message does not show the value.
 */
import { isAbsolute } from "node:path";
import { z } from "zod";
import { RELEASE_CA_FILE } from "../../hub/config/environment.ts";
import { isToken } from "../../hub/values/credential-form.ts";
import { found, OpReference } from "../../hub/values/values.ts";
import { readDatabaseCa } from "../database/database-ca.ts";
import { connectionTo } from "../database/database-connection.ts";
import { LOG_LEVELS } from "../log/log.ts";
import { OpUnavailable } from "./op-failure.ts";
import { type ReadSecret, readSecret } from "./vault.ts";

/**
 * Reads a secret: the variable's value, or the value behind its 1Password reference. By default, `read` reads that reference alone. A printed
 * source shows neither.
 */
export type SecretSource = (read?: ReadSecret) => Promise<string>;

interface SecretKind {
  readonly variable: string;
  readonly expected: string;
  readonly example: string;
  readonly isValid: (value: string) => boolean;
  /** The problem of a value of the right form, in one line that shows nothing of it, or undefined. */
  readonly problemOf?: (value: string) => string | undefined;
}

/** The outbound endpoint's token gives access to the phone lines. 32 hex digits are 128 bits. */
const LEAST_TOKEN_LENGTH = 32;

/** The default for the longest time of an answer, in milliseconds. Twilio waits 15 s; the success criterion is 5 s (docs/domain.md#how-its-used). */
const DEFAULT_DEADLINE_MS = 4_000;
/** The shortest deadline: a second of it is reserved for the spool. */
const LEAST_DEADLINE_MS = 2_000;
const MOST_DEADLINE_MS = 4_500;

const LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"];

/** The Postgres database for webhooks. */
export const DatabaseUrl = secret({
  variable: "DATABASE_URL",
  expected: "a postgres:// or postgresql:// URL",
  example: "op://Aurora/supabase/database-url",
  isValid: (value) => /^postgres(ql)?:\/\/\S+$/.test(value) && URL.canParse(value),
  problemOf: connectionProblem,
});

/** The file with the certificates of the authorities that the database's certificate may come from. Its value is the file's content. */
export const DatabaseCaFile = required(
  `the path of a file with certificates: an absolute one, like /etc/twilio-hub/database-ca.pem, or ${RELEASE_CA_FILE}, which the release carries`,
  (value) => isAbsolute(value) || value === RELEASE_CA_FILE,
)
  .transform(
    (file): SecretSource =>
      () =>
        readDatabaseCa(file),
  )
  .optional();

/** The URL of the OpenClaw gateway, without a trailing slash. */
export const OpenclawUrl = webUrl("http://127.0.0.1:18789");

/** The gateway's hook token. */
export const OpenclawHookToken = secret({
  variable: "OPENCLAW_HOOK_TOKEN",
  expected: "a token without blanks",
  example: "op://Aurora/openclaw/hook-token",
  isValid: isToken,
});

/** The token of the outbound endpoint, which `handlers/outbound/endpoint/endpoint.ts` serves. */
export const OutboundToken = secret({
  variable: "OUTBOUND_TOKEN",
  expected: `a token of at least ${LEAST_TOKEN_LENGTH} characters without blanks`,
  example: "op://Aurora/twilio-hub/outbound-token",
  isValid: (value) => isToken(value) && value.length >= LEAST_TOKEN_LENGTH,
});

/** The webhook of the Discord channel that gets alerts. */
export const DiscordOpsWebhook = secret({
  variable: "DISCORD_OPS_WEBHOOK",
  expected: "an https URL (http only for this machine)",
  example: "op://Aurora/discord/ops-webhook",
  isValid: isWebUrl,
});

/** The file in which webhooks wait while the database is away. */
export const SpoolFile = required(
  "the absolute path of a file, like /var/lib/twilio-hub/spool.sqlite",
  (value) => isAbsolute(value) && !value.endsWith("/"),
);

/** The folder for recordings on this machine. */
export const RecordingsFolder = required("an absolute path, like /var/lib/twilio-hub/recordings", isAbsolute);

/** The URL of the Supabase project that stores recordings, without a trailing slash. */
export const SupabaseUrl = webUrl("https://abcdefghijklmnopqrst.supabase.co");

/** The key for writing to that storage. */
export const ServiceRoleKey = secret({
  variable: "SUPABASE_SERVICE_ROLE_KEY",
  expected: "the project's service role key",
  example: "op://Aurora/supabase/service-key",
  isValid: isToken,
});

/** The bucket in that storage. */
export const RecordingsBucket = required("a bucket's name, like recordings", (value) => /^[^/\s]+$/.test(value));

/** The longest time for a whole answer, in milliseconds. */
export const AnswerDeadline = required(
  `a whole number of milliseconds from ${LEAST_DEADLINE_MS} to ${MOST_DEADLINE_MS}, like ${DEFAULT_DEADLINE_MS}`,
  (value) => /^\d{1,6}$/.test(value) && Number(value) >= LEAST_DEADLINE_MS && Number(value) <= MOST_DEADLINE_MS,
)
  .transform(Number)
  .default(DEFAULT_DEADLINE_MS);

/** The file with the token for the vault; absent if `op` signs in another way. */
export const ServiceAccountTokenFile = required(
  "the absolute path of a file that only the handler's user can read, like /etc/twilio-hub/op-service-account-token",
  isAbsolute,
).optional();

/** The lowest level that is logged. */
export const Level = z
  .enum(LOG_LEVELS, { error: (issue) => `expected ${LOG_LEVELS.join(" or ")}, like info; ${found(issue)}` })
  .default("info");

function required(expected: string, isValid: (value: string) => boolean) {
  return z
    .string({ error: `missing; expected ${expected}` })
    .refine(isValid, { error: (issue) => `expected ${expected}; ${found(issue)}` });
}

function webUrl(example: string) {
  return required(
    `an https URL (http only for this machine) without user, query and fragment, like ${example}`,
    (value) => isWebUrl(value) && !/[?#]/.test(value),
  ).transform((value) => value.replace(/\/+$/, ""));
}

/** A variable with a secret. The value behind a reference is checked when it is read. */
function secret(kind: SecretKind) {
  const expected = `expected ${kind.expected}, or its 1Password reference, like ${kind.example}`;
  const problemOf = (value: string) => {
    if (isReference(value)) return OpReference.safeParse(value).success ? undefined : expected;
    return kind.isValid(value) ? kind.problemOf?.(value) : expected;
  };
  return z
    .string({ error: `missing; ${expected}` })
    .superRefine((value, context) => {
      const problem = problemOf(value);
      if (problem !== undefined) context.addIssue(`${problem} (the value found is not shown)`);
    })
    .transform(
      (value): SecretSource =>
        async (read = readSecret) =>
          isReference(value) ? readReference(kind, value, read) : value,
    );
}

async function readReference(
  { variable, expected, isValid, problemOf }: SecretKind,
  reference: string,
  read: ReadSecret,
): Promise<string> {
  const value = await read(reference).catch((cause: unknown) => {
    // This concerns every variable, so it is reported once for all of them.
    if (cause instanceof OpUnavailable) throw cause;
    throw new Error(`${variable}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  });
  const problem = isValid(value) ? problemOf?.(value) : `expected ${expected} there`;
  if (problem === undefined) return value;
  throw new Error(`${variable}: ${reference}: ${problem} (the value found is not shown)`);
}

/** The reason why no connection may be made to a URL, or undefined. */
function connectionProblem(databaseUrl: string): string | undefined {
  try {
    connectionTo(databaseUrl);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isReference(value: string): boolean {
  return value.startsWith("op://");
}

function isWebUrl(value: string): boolean {
  if (/\s/.test(value) || !URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && LOOPBACK_HOSTS.includes(hostname));
}
