/** The entry of the bundle: a Lambda handler when it is imported, a server when it is run. */
import { realpathSync } from "node:fs";
import type { APIGatewayProxyHandlerV2 } from "aws-lambda";
import { manifestDigest } from "../hub/digest.ts";
import type { Manifest } from "../hub/manifest.ts";
import { type App, createApp } from "./app.ts";
import { EnvironmentError, readEnvironment, resolveEnvironment } from "./environment.ts";
import { UNIMPLEMENTED_GATES } from "./gate/pre-send-gates.ts";
import { type RunningHub, startHub } from "./hub.ts";
import { createLambdaHandler } from "./lambda.ts";
import { flushLog, logError, logInfo, setLogLevel } from "./log.ts";
import { resolveCredentials } from "./secrets.ts";
import { connectDatabase } from "./storage/database.ts";
import { createStore, STORE_CONNECTIONS } from "./storage/store.ts";

/** The manifest, which the bundler puts in (esbuild's `define`). */
declare const HUB_MANIFEST: Manifest;

let app: Promise<App> | undefined;

/** The Lambda handler. Environment and credentials are read at the first event, once; after a failure, at the next event again. */
export const handler: APIGatewayProxyHandlerV2 = createLambdaHandler(() => {
  app ??= loadApp().catch((error: unknown) => {
    app = undefined;
    report(error);
    throw error;
  });
  return app;
});

/** No disk outlives a Lambda, so there is no spool: what the database does not take is answered with 503. */
async function loadApp(): Promise<App> {
  const environment = await resolveEnvironment(readEnvironment(process.env, "lambda"));
  setLogLevel(environment.logLevel);
  const credentials = await resolveCredentials(HUB_MANIFEST.secrets);
  const store = createStore({ pool: connectDatabase(environment.databaseUrl, STORE_CONNECTIONS), spool: undefined });
  const { answerDeadlineMs } = environment;
  return createApp({ manifest: HUB_MANIFEST, credentials, store, answerDeadlineMs });
}

/** PM2 imports the script from one of its own, and names it in `pm_exec_path`. */
function isRun(): boolean {
  const { pm_exec_path: script } = process.env;
  return import.meta.main || (script !== undefined && realpathSync(script) === import.meta.filename);
}

async function run(): Promise<void> {
  const read = readEnvironment(process.env, "server");
  const [environment, credentials] = await Promise.all([
    resolveEnvironment(read),
    resolveCredentials(HUB_MANIFEST.secrets),
  ]);
  setLogLevel(environment.logLevel);
  const settings = { manifest: HUB_MANIFEST, credentials, environment, preSendGates: UNIMPLEMENTED_GATES };
  const hub = await startHub(settings);
  stopOnSignal(hub);
  logInfo("listening", { port: hub.port, adminPort: hub.adminPort, manifest: manifestDigest(HUB_MANIFEST) });
}

/**
 * A signal may come twice: from the terminal, and from npm. The process ends itself: a connection that the database does not close, or PM2's
 * channel to it, would keep it alive.
 */
function stopOnSignal(hub: RunningHub): void {
  const stop = async () => {
    await hub.close().catch((error: unknown) => {
      logError("the handler did not stop cleanly", error);
      process.exitCode = 1;
    });
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

/** A line for each problem of the environment; any other error is one line, whatever `op` printed. */
function report(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const problems = error instanceof EnvironmentError ? message.split("\n") : [message];
  const lines = problems.map((line) => line.replace(/\s+/g, " ").trim());
  process.stderr.write(`twilio handler not started: ${lines.join("\n  ")}\n`);
}

if (isRun()) {
  run().catch((error: unknown) => {
    report(error);
    process.exitCode = 1;
  });
}
