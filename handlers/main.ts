/** The entry of the bundle: a Lambda handler when it is imported; a server when it is run, or one command of `commands.ts`. */
import { realpathSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { APIGatewayProxyHandlerV2 } from "aws-lambda";
import { type Manifest, manifestDigest } from "../hub/manifest.ts";
import { runCommand, UsageError } from "./commands.ts";
import { createLambdaHandler } from "./hosts/lambda.ts";
import { flushLog, logError, logInfo, setLogLevel } from "./log/log.ts";
import { ProbeRefused } from "./release/probe.ts";
import { releaseName, withReleaseEnvironment } from "./release/release.ts";
import { resolveCredentials } from "./start/credentials.ts";
import { readEnvironment, resolveEnvironment } from "./start/environment.ts";
import { allOf, ProblemsError, problemsOf } from "./start/problems.ts";
import { incomplete, resolveStartUp } from "./start/start-up.ts";
import { openVault } from "./start/vault.ts";
import { type RunningHub, startHub } from "./start-hub.ts";
import { connectDatabase } from "./storage/database.ts";
import { createStore, STORE_CONNECTIONS } from "./storage/store.ts";
import { type App, createApp } from "./webhook/app.ts";

/** The manifest, which the bundler puts in (esbuild's `define`). */
declare const HUB_MANIFEST: Manifest;

/** Exit statuses: something failed; the command is none; a probe was refused, and asking on does not help. */
const FAILED = 1;
const MISUSED = 2;
const REFUSED = 3;

let app: Promise<App> | undefined;

/** The Lambda handler. Environment and credentials are read at the first event, once; after a failure, at the next event again. */
export const handler: APIGatewayProxyHandlerV2 = createLambdaHandler(() => {
  app ??= loadApp().catch((error: unknown) => {
    app = undefined;
    process.stderr.write(report(error));
    throw error;
  });
  return app;
});

/** No disk outlives a Lambda, so there is no spool: what the database does not take is answered with 503. */
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
  const store = createStore({ pool: connectDatabase(environment.databaseUrl, STORE_CONNECTIONS), spool: undefined });
  const { answerDeadlineMs } = environment;
  return createApp({ manifest: HUB_MANIFEST, credentials, store, answerDeadlineMs });
}

/** PM2 imports the script from one of its own, and names it in `pm_exec_path`. */
function isRun(): boolean {
  const { pm_exec_path: script } = process.env;
  return import.meta.main || (script !== undefined && realpathSync(script) === import.meta.filename);
}

/** PM2 waits for the word that it listens (https://pm2.keymetrics.io/docs/usage/signals-clean-restart/#graceful-start). */
async function serve(): Promise<void> {
  const { environment, credentials } = await resolveStartUp(HUB_MANIFEST, withReleaseEnvironment(process.env));
  setLogLevel(environment.logLevel);
  const hub = await startHub({ manifest: HUB_MANIFEST, credentials, environment });
  stopOnSignal(hub);
  const { port, adminPort } = hub;
  logInfo("listening", { port, adminPort, manifest: manifestDigest(HUB_MANIFEST), release: releaseName() });
  process.send?.("ready");
}

/** How long a process stays after its last answer, in milliseconds. */
const HANDOVER_MS = 250;

/**
 * A signal may come twice: from the terminal, and from npm. The process ends itself: a connection that the database does not close, or PM2's
 * channel to it, would keep it alive.
 */
function stopOnSignal(hub: RunningHub): void {
  const stop = async () => {
    await hub.close().catch((error: unknown) => {
      logError("the handler did not stop cleanly", error);
      process.exitCode = FAILED;
    });
    // PM2 may be handing a connection over at this moment: a process that is gone would lose it.
    await delay(HANDOVER_MS);
    await flushLog();
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

/** A line for each problem where there are several, whatever `op` printed. */
function report(error: unknown): string {
  return `${new ProblemsError("twilio handler not started", problemsOf(error)).message}\n`;
}

/**
 * Ends the process once a line is written. What else is open may hold it: PM2's channel does. PM2's replacement of `write` takes the callback
 * in the third place alone.
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

// PM2's own arguments are none of ours.
if (isRun()) void run(import.meta.main ? process.argv.slice(2) : []);
