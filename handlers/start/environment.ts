/** The handler's environment: read and checked at the door, all of it at once. docs/handler.md describes each variable. */
import { z } from "zod";
import type { LogLevel } from "../log/log.ts";
import { allOf, ProblemsError } from "./problems.ts";
import { type RecordingsStore, recordingsSchema } from "./recordings-variables.ts";
import {
  AnswerDeadline,
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

/** What both hosts need. Before {@link resolveEnvironment} a secret is its source, afterwards its value. */
export interface LambdaEnvironment<Secret = string> {
  readonly databaseUrl: Secret;
  /** How long a whole answer may take, in milliseconds. */
  readonly answerDeadlineMs: number;
  readonly logLevel: LogLevel;
}

/** What the server needs besides: it also works through what was stored. */
export interface Environment<Secret = string> extends LambdaEnvironment<Secret> {
  /** The OpenClaw gateway. Its URL has no trailing slash. */
  readonly openclaw: { readonly url: string; readonly hookToken: Secret };
  /** What opens the outbound endpoint: at least 32 characters. */
  readonly outboundToken: Secret;
  readonly discordOpsWebhook: Secret;
  /** An absolute path. */
  readonly spoolFile: string;
  readonly recordings: RecordingsStore<Secret>;
}

/** An environment with which the handler does not start. Its message has a line for each problem, and holds no secret. */
export class EnvironmentError extends ProblemsError {
  override readonly name = "EnvironmentError";
}

type Variables = Readonly<Record<string, string | undefined>>;

const LambdaVariables = z.object({
  DATABASE_URL: DatabaseUrl,
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
 * Reads what a host needs. An empty variable counts as missing; those of the server alone are not looked at on Lambda.
 *
 * @throws EnvironmentError naming every variable that is missing or wrong, with what is expected and an example
 */
export function readEnvironment(environment: Variables, host: "server"): Environment<SecretSource>;
export function readEnvironment(environment: Variables, host: "lambda"): LambdaEnvironment<SecretSource>;
export function readEnvironment(environment: Variables, host: "server" | "lambda"): LambdaEnvironment<SecretSource> {
  const variables = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  return host === "server" ? readServer(variables) : readLambda(variables);
}

/**
 * Resolves the 1Password references of an environment, all at once, and keeps what they lead to in memory alone.
 *
 * @throws EnvironmentError naming every variable whose reference cannot be read or leads to what is not expected, and the reference
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
  const [databaseUrl] = await allOf([environment.databaseUrl(read)], wrong);
  return { ...environment, databaseUrl };
}

async function resolveServer(environment: Environment<SecretSource>, read: ReadSecret): Promise<Environment> {
  const [databaseUrl, hookToken, outboundToken, discordOpsWebhook, recordings] = await allOf(
    [
      environment.databaseUrl(read),
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
    openclaw: { ...environment.openclaw, hookToken },
    outboundToken,
    discordOpsWebhook,
    recordings,
  };
}

async function resolveRecordings(store: RecordingsStore<SecretSource>, read: ReadSecret): Promise<RecordingsStore> {
  return "folder" in store ? store : { ...store, serviceRoleKey: await store.serviceRoleKey(read) };
}

function wrong(problems: readonly string[], options?: ErrorOptions): EnvironmentError {
  return new EnvironmentError("the handler's environment is wrong", problems, options);
}
