/** The entry of the bundle: a Lambda handler when it is imported, a server when it is run. */
import { realpathSync } from "node:fs";
import type { APIGatewayProxyHandlerV2 } from "aws-lambda";
import { manifestDigest } from "../hub/digest.ts";
import type { Manifest } from "../hub/manifest.ts";
import { type App, createApp } from "./app.ts";
import { createLambdaHandler } from "./lambda.ts";
import { logInfo } from "./log.ts";
import { resolveCredentials } from "./secrets.ts";
import { type RunningServer, startServer } from "./server.ts";

/** The manifest, which the bundler puts in (esbuild's `define`). */
declare const HUB_MANIFEST: Manifest;

let app: Promise<App> | undefined;

/** The Lambda handler. The credentials are resolved at the first event, once; after a failure, at the next event again. */
export const handler: APIGatewayProxyHandlerV2 = createLambdaHandler(() => {
  app ??= loadApp().catch((error: unknown) => {
    app = undefined;
    report(error);
    throw error;
  });
  return app;
});

async function loadApp(): Promise<App> {
  return createApp({ manifest: HUB_MANIFEST, credentials: await resolveCredentials(HUB_MANIFEST.secrets) });
}

/** PM2 imports the script from one of its own, and names it in `pm_exec_path`. */
function isRun(): boolean {
  const { pm_exec_path: script } = process.env;
  return import.meta.main || (script !== undefined && realpathSync(script) === import.meta.filename);
}

async function run(): Promise<void> {
  const credentials = await resolveCredentials(HUB_MANIFEST.secrets);
  const server = await startServer({ manifest: HUB_MANIFEST, credentials });
  stopOnSignal(server);
  logInfo("listening", { port: server.port, manifest: manifestDigest(HUB_MANIFEST) });
}

function stopOnSignal(server: RunningServer): void {
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => void server.close());
}

/** One line, whatever `op` printed. */
function report(error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`twilio handler not started: ${message.replace(/\s+/g, " ")}\n`);
}

if (isRun()) {
  run().catch((error: unknown) => {
    report(error);
    process.exitCode = 1;
  });
}
