/** The handler's environment, read and checked as a whole at the start. docs/handler.md describes each variable. */
import { z } from "zod";
import type { LogLevel } from "../log/log.ts";
import { allOf, ProblemsError } from "./problems.ts";
import { type RecordingsStore, recordingsSchema } from "./recordings-variables.ts";
import {
  AnswerDeadline,
  DatabaseCaFile,
  DatabaseUrl,
  DiscordOpsWebhook,
  Level,
  OpenclawHookToken,
  OpenclawUrl,
  OutboundToken,
  type SecretSource,
  ServiceAccountTokenFile,
  SpoolFile,
} from "./variables.ts";
import { openVault, type ReadSecret } from "./vault.ts";

/** The environment that both hosts need. A secret is its source before {@link resolveEnvironment}, and its value afterwards. */
export interface LambdaEnvironment<Secret = string> {
  readonly databaseUrl: Secret;
  /** The certificates of the authorities that the database's certificate may come from, in PEM; undefined for those that Node trusts. */
  readonly databaseCa: Secret | undefined;
  /** The longest time for a whole answer, in milliseconds. */
  readonly answerDeadlineMs: number;
  readonly logLevel: LogLevel;
}

/** The environment of a server, which also runs the workers. */
export interface Environment<Secret = string> extends LambdaEnvironment<Secret> {
  /** The OpenClaw gateway. Its URL has no trailing slash. */
  readonly openclaw: { readonly url: string; readonly hookToken: Secret };
  /** The token of the outbound endpoint: at least 32 characters. */
  readonly outboundToken: Secret;
  readonly discordOpsWebhook: Secret;
  /** An absolute path. */
  readonly spoolFile: string;
  readonly recordings: RecordingsStore<Secret>;
}

/** The environment does not let the handler start. The message has a line for each problem, and no secret. */
export class EnvironmentError extends ProblemsError {
  override readonly name = "EnvironmentError";
}

type Variables = Readonly<Record<string, string | undefined>>;

const LambdaVariables = z.object({
  DATABASE_URL: DatabaseUrl,
  DATABASE_CA_FILE: DatabaseCaFile,
  ANSWER_DEADLINE_MS: AnswerDeadline,
  LOG_LEVEL: Level,
  OP_SERVICE_ACCOUNT_TOKEN_FILE: ServiceAccountTokenFile,
});

const ServerVariables = LambdaVariables.extend({
  OPENCLAW_URL: OpenclawUrl,
  OPENCLAW_HOOK_TOKEN: OpenclawHookToken,
  OUTBOUND_TOKEN: OutboundToken,
  DISCORD_OPS_WEBHOOK: DiscordOpsWebhook,
  SPOOL_FILE: SpoolFile,
});

/**
 * Reads a host's environment. An empty variable counts as missing. On Lambda, the variables that only the server needs are not read.
 *
 * @throws EnvironmentError naming every missing or wrong variable, with the expected value and an example
 */
export function readEnvironment(environment: Variables, host: "server"): Environment<SecretSource>;
export function readEnvironment(environment: Variables, host: "lambda"): LambdaEnvironment<SecretSource>;
export function readEnvironment(environment: Variables, host: "server" | "lambda"): LambdaEnvironment<SecretSource> {
  const variables = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  return host === "server" ? readServer(variables) : readLambda(variables);
}

/**
 * Resolves all 1Password references of an environment at once. Their values are kept only in memory.
 *
 * @throws EnvironmentError naming every variable whose reference cannot be read or leads to an unexpected value, with the reference
 */
export function resolveEnvironment(environment: Environment<SecretSource>, read?: ReadSecret): Promise<Environment>;
export function resolveEnvironment(
  environment: LambdaEnvironment<SecretSource>,
  read?: ReadSecret,
): Promise<LambdaEnvironment>;
export function resolveEnvironment(
  environment: Environment<SecretSource> | LambdaEnvironment<SecretSource>,
  read: ReadSecret = openVault(),
): Promise<LambdaEnvironment> {
  return "openclaw" in environment ? resolveServer(environment, read) : resolveLambda(environment, read);
}

function readLambda(variables: Variables): LambdaEnvironment<SecretSource> {
  const parsed = LambdaVariables.safeParse(variables);
  if (!parsed.success) throw wrong(problemsOf(parsed));
  return commonOf(parsed.data);
}

function readServer(variables: Variables): Environment<SecretSource> {
  const parsed = ServerVariables.safeParse(variables);
  const recordings = recordingsSchema(variables).safeParse(variables);
  if (!parsed.success || !recordings.success) throw wrong([...problemsOf(parsed), ...problemsOf(recordings)]);
  return {
    ...commonOf(parsed.data),
    openclaw: { url: parsed.data.OPENCLAW_URL, hookToken: parsed.data.OPENCLAW_HOOK_TOKEN },
    outboundToken: parsed.data.OUTBOUND_TOKEN,
    discordOpsWebhook: parsed.data.DISCORD_OPS_WEBHOOK,
    spoolFile: parsed.data.SPOOL_FILE,
    recordings: recordings.data,
  };
}

function commonOf(variables: z.output<typeof LambdaVariables>): LambdaEnvironment<SecretSource> {
  return {
    databaseUrl: variables.DATABASE_URL,
    databaseCa: variables.DATABASE_CA_FILE,
    answerDeadlineMs: variables.ANSWER_DEADLINE_MS,
    logLevel: variables.LOG_LEVEL,
  };
}

function problemsOf({ error }: z.ZodSafeParseResult<unknown>): string[] {
  return (error?.issues ?? []).map(({ path, message }) => `${String(path[0])}: ${message}`);
}

async function resolveLambda(
  environment: LambdaEnvironment<SecretSource>,
  read: ReadSecret,
): Promise<LambdaEnvironment> {
  const [databaseUrl, databaseCa] = await allOf(
    [environment.databaseUrl(read), databaseCaOf(environment, read)],
    wrong,
  );
  return { ...environment, databaseUrl, databaseCa };
}

async function resolveServer(environment: Environment<SecretSource>, read: ReadSecret): Promise<Environment> {
  const [databaseUrl, databaseCa, hookToken, outboundToken, discordOpsWebhook, recordings] = await allOf(
    [
      environment.databaseUrl(read),
      databaseCaOf(environment, read),
      environment.openclaw.hookToken(read),
      environment.outboundToken(read),
      environment.discordOpsWebhook(read),
      resolveRecordings(environment.recordings, read),
    ],
    wrong,
  );
  return {
    ...environment,
    databaseUrl,
    databaseCa,
    openclaw: { ...environment.openclaw, hookToken },
    outboundToken,
    discordOpsWebhook,
    recordings,
  };
}

async function databaseCaOf({ databaseCa }: LambdaEnvironment<SecretSource>, read: ReadSecret) {
  return databaseCa?.(read);
}

async function resolveRecordings(store: RecordingsStore<SecretSource>, read: ReadSecret): Promise<RecordingsStore> {
  return "folder" in store ? store : { ...store, serviceRoleKey: await store.serviceRoleKey(read) };
}

function wrong(problems: readonly string[], options?: ErrorOptions): EnvironmentError {
  return new EnvironmentError("the handler's environment is wrong", problems, options);
}
