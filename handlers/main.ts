/** The entry of the bundle. Imported, it is a Lambda handler; run, it is a server, or one command of `commands.ts`. */
import { realpathSync } from "node:fs";
import type { APIGatewayProxyHandlerV2 } from "aws-lambda";
import { type Manifest, manifestDigest } from "../hub/manifest.ts";
import { runCommand, UsageError } from "./commands.ts";
import { createLambdaHandler } from "./hosts/lambda.ts";
import { leaveCluster } from "./hosts/leave-cluster.ts";
import { flushLog, logError, logInfo, setLogLevel } from "./log/log.ts";
import { ProbeRefused } from "./release/probe.ts";
import { releaseName, withReleaseEnvironment } from "./release/release.ts";
import { resolveCredentials } from "./start/credentials.ts";
import { readEnvironment, resolveEnvironment } from "./start/environment.ts";
import { allOf, ProblemsError, problemsOf } from "./start/problems.ts";
import { startPace } from "./start/start-pace.ts";
import { incomplete, resolveStartUp, type StartUp } from "./start/start-up.ts";
import { openVault } from "./start/vault.ts";
import { type RunningHub, startHub } from "./start-hub.ts";
import { connectDatabase } from "./storage/database.ts";
import { createStore, STORE_CONNECTIONS } from "./storage/store.ts";
import { type App, createApp } from "./webhook/app.ts";

/** The manifest, which the bundler inserts (esbuild's `define`). */
declare const HUB_MANIFEST: Manifest;

/** Exit statuses. 1: it failed. 2: unknown command. 3: the probe was refused, and repeating it does not help. */
const FAILED = 1;
const MISUSED = 2;
const REFUSED = 3;

let app: Promise<App> | undefined;

/** The Lambda handler. It reads environment and credentials once, at the first event; after a failure, again at the next event. */
export const handler: APIGatewayProxyHandlerV2 = createLambdaHandler(() => {
  app ??= loadApp().catch((error: unknown) => {
    app = undefined;
    process.stderr.write(report(error));
    throw error;
  });
  return app;
});

/** Makes the app for Lambda. No disk outlives a Lambda, so there is no spool: a webhook that the database does not take is answered with 503. */
async function loadApp(): Promise<App> {
  const read = openVault();
  const [environment, credentials] = await allOf(
    [
      resolveEnvironment(readEnvironment(process.env, "lambda"), read),
      resolveCredentials(HUB_MANIFEST.secrets, new Date(), read),
    ],
    incomplete,
  );
  setLogLevel(environment.logLevel);
  const { answerDeadlineMs, databaseUrl, databaseCa } = environment;
  const store = createStore({ pool: connectDatabase(databaseUrl, STORE_CONNECTIONS, databaseCa), spool: undefined });
  return createApp({ manifest: HUB_MANIFEST, credentials, store, answerDeadlineMs });
}

/** Whether this script is run and not only imported. PM2 imports it from its own script, and names it in `pm_exec_path`. */
function isRun(): boolean {
  const { pm_exec_path: script } = process.env;
  return import.meta.main || (script !== undefined && realpathSync(script) === import.meta.filename);
}

/** Starts the server, and reports to PM2 when it listens (https://pm2.keymetrics.io/docs/usage/signals-clean-restart/#graceful-start). */
async function serve(): Promise<void> {
  const { environment, credentials } = await readAtPace(withReleaseEnvironment(process.env));
  setLogLevel(environment.logLevel);
  const hub = await startHub({ manifest: HUB_MANIFEST, credentials, environment });
  stopOnSignal(hub);
  const { port, adminPort } = hub;
  logInfo("listening", { port, adminPort, manifest: manifestDigest(HUB_MANIFEST), release: releaseName() });
  process.send?.("ready");
}

/** Reads everything that a start needs. Under PM2, a process that starts again and again waits longer and longer before it asks 1Password. */
async function readAtPace(variables: Readonly<Record<string, string | undefined>>): Promise<StartUp> {
  const pace = startPace(variables, releaseName());
  await pace.begin();
  return resolveStartUp(HUB_MANIFEST, variables).catch((error: unknown) => {
    pace.failed(error);
    throw error;
  });
}

/**
 * Stops the hub on a signal, which may come twice: from the terminal, and from npm. It ends the process explicitly, because a connection that
 * the database does not close, or PM2's channel, would keep it alive.
 */
function stopOnSignal(hub: RunningHub): void {
  const stop = async () => {
    await hub.close().catch((error: unknown) => {
      logError("the handler did not stop cleanly", error);
      process.exitCode = FAILED;
    });
    await flushLog();
    await leaveCluster();
    process.exit();
  };
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.on(signal, () => {
      if (isStopping) return;
      isStopping = true;
      void stop();
    });
  }
}

/** The error message for standard error. With several problems, it has exactly one line for each. */
function report(error: unknown): string {
  return `${new ProblemsError("the Twilio handler could not start", problemsOf(error)).message}\n`;
}

/**
 * Ends the process once a line is written; otherwise PM2's channel would keep it alive. PM2's replacement of `write` takes the callback only as
 * the third argument.
 */
function end(status: number, stream: NodeJS.WriteStream, line: string): void {
  stream.write(line, "utf8", () => process.exit(status));
}

function statusOf(error: unknown): number {
  if (error instanceof UsageError) return MISUSED;
  return error instanceof ProbeRefused ? REFUSED : FAILED;
}

async function run(args: readonly string[]): Promise<void> {
  if (args.length === 0) {
    await serve().catch((error: unknown) => end(FAILED, process.stderr, report(error)));
    return;
  }
  try {
    end(0, process.stdout, `${await runCommand(HUB_MANIFEST, args)}\n`);
  } catch (error) {
    end(statusOf(error), process.stderr, `twilio handler: ${problemsOf(error).join("; ")}\n`);
  }
}

// Under PM2, the arguments are PM2's own.
if (isRun()) void run(import.meta.main ? process.argv.slice(2) : []);
