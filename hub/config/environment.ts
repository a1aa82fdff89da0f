/**
 * The handler's variables that a release carries (`hub:environment`), and which of them hold a secret. docs/handler.md says what each is for.
 * The handler checks the values when it starts.
 */
import { z } from "zod";
import { expected, FilePath, OpReference } from "../values/values.ts";

/** The release's own copy of the certificates for the database, beside the bundle. */
export const RELEASE_CA_FILE = "database-ca.pem";

/** A release's environment is a file of lines, so a value is one line. */
const OneLine = z
  .string({ error: expected("text, in quotes if it is a number") })
  .regex(/^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$/u, {
    error: expected("one line of text without blanks around it"),
  });

const AbsolutePath = OneLine.refine((value) => value.startsWith("/"), {
  error: expected("an absolute path"),
});

/** The variables of a bucket for recordings. All of them are set, or RECORDINGS_FOLDER is. */
const BUCKET = ["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY", "RECORDINGS_BUCKET"] as const;
const BUCKET_LIST = "SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY and RECORDINGS_BUCKET";

type Recordings = Readonly<Partial<Record<"RECORDINGS_FOLDER" | (typeof BUCKET)[number], unknown>>>;

/** The schema of `hub:environment`. A secret may only be a 1Password reference, which the handler resolves on its machine. */
export const HandlerEnvironment = z
  .strictObject({
    DATABASE_URL: OpReference,
    /** Certificates: an absolute path on the handler's machine, or a path in the project; then the release carries the file. */
    DATABASE_CA_FILE: OneLine.pipe(FilePath).exactOptional(),
    OPENCLAW_URL: OneLine,
    OPENCLAW_HOOK_TOKEN: OpReference,
    OUTBOUND_TOKEN: OpReference,
    DISCORD_OPS_WEBHOOK: OpReference,
    SPOOL_FILE: AbsolutePath,
    /** This, or the three variables of the bucket. */
    RECORDINGS_FOLDER: AbsolutePath.exactOptional(),
    SUPABASE_URL: OneLine.exactOptional(),
    SUPABASE_SERVICE_ROLE_KEY: OpReference.exactOptional(),
    RECORDINGS_BUCKET: OneLine.exactOptional(),
    ANSWER_DEADLINE_MS: OneLine.exactOptional(),
    LOG_LEVEL: OneLine.exactOptional(),
    /** A file with the token of the 1Password service account. Absent if `op` on that machine signs in another way. */
    OP_SERVICE_ACCOUNT_TOKEN_FILE: AbsolutePath.exactOptional(),
  })
  .refine((given) => given.RECORDINGS_FOLDER !== undefined || hasBucket(given), {
    path: ["RECORDINGS_FOLDER"],
    error: `missing; set it, or ${BUCKET_LIST} instead`,
    when: isMap,
  })
  .refine((given) => given.RECORDINGS_FOLDER === undefined || !hasBucket(given), {
    path: ["RECORDINGS_FOLDER"],
    error: `expected this or ${BUCKET_LIST}, not both`,
    when: isMap,
  })
  .refine(completes("SUPABASE_URL"), ofBucket("SUPABASE_URL"))
  .refine(completes("SUPABASE_SERVICE_ROLE_KEY"), ofBucket("SUPABASE_SERVICE_ROLE_KEY"))
  .refine(completes("RECORDINGS_BUCKET"), ofBucket("RECORDINGS_BUCKET"));
export type HandlerEnvironment = z.infer<typeof HandlerEnvironment>;

/** The lines of a release's file `environment`: `NAME=value`, sorted by name. */
export function environmentFile(environment: HandlerEnvironment): string {
  return Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** The variables of a release's file `environment`. */
export function parseEnvironmentFile(text: string): Readonly<Record<string, string>> {
  const lines = text.split("\n").filter((line) => line !== "");
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

function hasBucket(given: Recordings): boolean {
  return BUCKET.some((name) => given[name] !== undefined);
}

function completes(name: (typeof BUCKET)[number]) {
  return (given: Recordings) => !hasBucket(given) || given[name] !== undefined;
}

function ofBucket(name: (typeof BUCKET)[number]) {
  return { path: [name], error: "missing; set it", when: isMap };
}

/** Runs these checks even if other keys are wrong, so that all missing keys are named at once. */
function isMap({ value }: { readonly value: unknown }): boolean {
  return typeof value === "object" && value !== null;
}
