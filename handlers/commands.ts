/** The one-off commands of the bundle: `node handler.mjs check`, `probe`, `retry-refused`, `reopen-sender NUMBER` and `alert TEXT`. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import type { Manifest } from "../hub/manifest.ts";
import { type AlertOutcome, sendAlert } from "./alerts/discord.ts";
import { retryRefused } from "./drain/refused.ts";
import { probe } from "./release/probe.ts";
import { releaseName, withReleaseEnvironment } from "./release/release.ts";
import { openSpool } from "./spool/spool.ts";
import { resolveCredentials } from "./start/credentials.ts";
import { type Environment, readEnvironment } from "./start/environment.ts";
import { forgetStarts } from "./start/start-pace.ts";
import { resolveStartUp } from "./start/start-up.ts";
import { DiscordOpsWebhook } from "./start/variables.ts";
import { openVault } from "./start/vault.ts";
import { connectDatabase } from "./storage/database.ts";
import { faultOf, reasonOf } from "./storage/database-fault.ts";
import { probeDatabase, probeWorkersTables } from "./storage/database-probe.ts";
import { reopenSender } from "./storage/sender-closures.ts";

/** The command is unknown, or an argument is missing. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The longest pause before the second try that is accepted from Discord, in milliseconds. */
const MAX_PAUSE_MS = 10_000;

/**
 * Runs a command. Variables that the environment does not set are read from the release.
 *
 * @returns a line that describes the result
 * @throws UsageError if the command is unknown, or an argument is missing
 * @throws Error if the command failed, naming what is missing or the answer that came
 */
export async function runCommand(manifest: Manifest, [command = "", ...args]: readonly string[]): Promise<string> {
  if (command === "check" && args.length === 0) return runCheck(manifest);
  if (command === "probe" && args.length === 0) return runProbe(manifest);
  if (command === "retry-refused" && args.length === 0) return runRetryRefused();
  if (command === "reopen-sender" && args.length === 1) return runReopenSender(manifest, args[0] ?? "");
  if (command === "alert" && args.length === 1) return runAlert(args[0] ?? "");
  throw new UsageError(
    "expected check, probe, retry-refused, reopen-sender NUMBER or alert TEXT, or no argument to serve",
  );
}

/**
 * Reads and resolves everything that a start needs, as a start does, and writes specimens into the database that are rolled back. It opens no port.
 * A database that is away prevents no start, because the spool keeps the webhooks. If a start can succeed, one that waits may go on at once.
 */
async function runCheck(manifest: Manifest): Promise<string> {
  const variables = withReleaseEnvironment(process.env);
  const { environment } = await resolveStartUp(manifest, variables);
  const can = `release ${releaseName()} can start: its environment is complete, and every reference was read`;
  const database = await databaseVerdict(environment);
  forgetStarts(variables);
  return `${can}${database}`;
}

/**
 * The state of the database, as the end of a sentence.
 *
 * @throws Error if it refuses the handler
 */
async function databaseVerdict(environment: DatabaseAccess): Promise<string> {
  const failure = await withDatabase(environment, (pool) =>
    failureOf(probeDatabase(pool).then(() => probeWorkersTables(pool))),
  );
  if (failure === undefined || faultOf(failure) === "contended") return ", and the database takes webhooks";
  const reason = reasonOf(failure);
  if (["away", "late"].includes(faultOf(failure)))
    return `. The database is away, so webhooks would wait in the spool: ${reason}`;
  throw new Error(
    `DATABASE_URL: the database refuses the handler: ${reason}; check the role, the password, the database's name, its certificate and the migrations (docs/handler.md#database)`,
    { cause: failure },
  );
}

/** The error of a promise that rejects, or undefined. */
function failureOf(outcome: Promise<void>): Promise<unknown> {
  return outcome.then(
    () => undefined,
    (error: unknown) => error,
  );
}

type DatabaseAccess = Pick<Environment, "databaseUrl" | "databaseCa">;

async function withDatabase<Result>(
  { databaseUrl, databaseCa }: DatabaseAccess,
  use: (pool: Pool) => Promise<Result>,
): Promise<Result> {
  const pool = connectDatabase(databaseUrl, 1, databaseCa);
  try {
    return await use(pool);
  } finally {
    await pool.end();
  }
}

/** Opens a sender again that the carriers have refused. The handler may run meanwhile. */
async function runReopenSender({ numbers }: Manifest, sender: string): Promise<string> {
  if (!numbers.some(({ number }) => number === sender)) {
    const known = numbers.map(({ number }) => number).join(", ");
    throw new UsageError(`reopen-sender: expected one of the hub's numbers: ${known}`);
  }
  const { access } = await readAccess();
  const wasClosed = await withDatabase(access, (pool) => reopenSender(pool, sender));
  if (!wasClosed) return `${sender} was not closed: nothing changed`;
  return `${sender} is open again. A text leaves as soon as the manifest, the gate file and Twilio approve it`;
}

/** The access to the database, and the spool's file. */
async function readAccess(): Promise<{ readonly access: DatabaseAccess; readonly spoolFile: string }> {
  const variables = withReleaseEnvironment(process.env);
  const { databaseUrl, databaseCa, spoolFile } = readEnvironment(variables, "server");
  return {
    access: { databaseUrl: await databaseUrl(openVault(variables)), databaseCa: await databaseCa?.() },
    spoolFile,
  };
}

/** Tries the refused webhooks of the spool again. The handler may run meanwhile. */
async function runRetryRefused(): Promise<string> {
  const { access, spoolFile } = await readAccess();
  const spool = openSpool(spoolFile);
  try {
    const { stored, left, reason } = await withDatabase(access, (pool) => retryRefused({ pool, spool }));
    if (left === 0) return `refused webhooks: ${stored} stored, none left`;
    throw new Error(`refused webhooks: ${stored} stored, ${left} still refused: ${reason}`);
  } finally {
    spool.close();
  }
}

/** Probes the release. Of the environment, it needs only the access to the vault. */
async function runProbe(manifest: Manifest): Promise<string> {
  const release = releaseName();
  const read = openVault(withReleaseEnvironment(process.env));
  const credentials = await resolveCredentials(manifest.secrets, new Date(), read);
  const url = await probe({ manifest, credentials, release });
  return `${url}: release ${release} answers`;
}

async function runAlert(text: string): Promise<string> {
  if (text.trim() === "") throw new UsageError("alert: expected a TEXT to send");
  const variables = withReleaseEnvironment(process.env);
  const { DISCORD_OPS_WEBHOOK: given = "" } = variables;
  const { data: readWebhook, error } = DiscordOpsWebhook.safeParse(given === "" ? undefined : given);
  if (readWebhook === undefined) throw new Error(`DISCORD_OPS_WEBHOOK: ${error?.issues[0]?.message}`);
  const webhookUrl = await readWebhook(openVault(variables));
  const outcome = await sendWithPatience(webhookUrl, text);
  if (outcome.kind === "sent") return "the alert was sent";
  throw new Error(
    `Discord did not take the alert: ${outcome.kind === "failed" ? outcome.reason : "too many requests"}`,
  );
}

async function sendWithPatience(webhookUrl: string, text: string): Promise<AlertOutcome> {
  const outcome = await sendAlert({ webhookUrl }, text);
  if (outcome.kind !== "limited" || outcome.afterMs > MAX_PAUSE_MS) return outcome;
  await sleep(outcome.afterMs);
  return sendAlert({ webhookUrl }, text);
}
