/** `npm run demo`: the whole stack on a loopback cloud, step by step. */
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { buildManifest } from "../hub/manifest.ts";
import { parseConfig } from "../hub/parse-config.ts";
import { showCalls } from "./demo/call-steps.ts";
import { showCampaignRefused } from "./demo/campaign-steps.ts";
import { showConversation } from "./demo/conversation-steps.ts";
import { startDemoDatabase } from "./demo/demo-database.ts";
import { showDeployment } from "./demo/deployment-steps.ts";
import { showForgeries } from "./demo/forgery-steps.ts";
import { showStorage } from "./demo/outage-steps.ts";
import { showOutbound } from "./demo/outbound-steps.ts";
import { showNoSecret } from "./demo/secret-steps.ts";
import { showDrift, showNoDrift, showStack } from "./demo/stack-steps.ts";
import { Steps } from "./demo/steps.ts";
import { installPlugins } from "./engine/install-plugins.ts";
import { exists } from "./files.ts";
import { handlerEnvironment } from "./loopback-handler.ts";
import { makeLoopbackMachine } from "./loopback-machine.ts";
import { type LoopbackStack, startLoopbackStack } from "./loopback-stack.ts";
import { type RunningHandler, startHandler } from "./running-handler.ts";
import { shellExports } from "./shell-exports.ts";
import { readStackConfig } from "./stack-config.ts";
import { runTool, UserError } from "./user-error.ts";

const USAGE = `usage: npm run demo [-- OPTIONS]

Starts a loopback cloud and a Postgres, brings the stack up with the real Pulumi engine, places calls and texts, takes the database away and
brings it back, forges requests, makes a drift and repairs it. Everything stays on 127.0.0.1. The exit status is 0 where every step came as expected.

  --json FILE      write the steps as JSON
  --keep           leave everything running and print the addresses
  --plugins real   install Pulumi's real plugins first (needs the internet)
  --help           this text

examples:
  npm run demo
  npm run demo -- --json steps.json
  npm run demo -- --keep`;

const Outputs = z.object({ manifestDigest: z.string(), releaseDigest: z.string() });

await runTool(async () => {
  const { json, keep, plugins, help } = options();
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (json !== undefined && !(await exists(dirname(json)))) {
    throw new UserError(`--json ${json}: the folder ${dirname(json)} does not exist; make it first`);
  }
  if (plugins === "real") await installPlugins();
  const closers: Closers = [];
  const interrupted = endOnSignal(closers);
  try {
    const stack = await startLoopbackStack();
    closers.push(stack.close);
    const steps = new Steps(stack.plugins);
    const handler = await showAll(steps, stack, closers);
    if (json !== undefined) await writeFile(json, `${JSON.stringify({ steps: steps.all }, null, 2)}\n`);
    process.stdout.write(`\n${summary(steps)}\n`);
    if (keep) {
      process.stdout.write(`\n${addresses(stack, handler)}\n`);
      await interrupted;
    }
    return steps.ok ? 0 : 1;
  } finally {
    await closeAll(closers);
  }
});

/** What the demo started, each with its end. */
type Closers = (() => Promise<void>)[];

async function closeAll(closers: Closers): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

/** Ends everything at the first interrupt. The promise is settled then. */
function endOnSignal(closers: Closers): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"]) {
    process.once(signal, () => {
      resolve();
      void closeAll(closers);
    });
  }
  return promise;
}

async function showAll(steps: Steps, stack: LoopbackStack, closers: Closers): Promise<RunningHandler | undefined> {
  const { hub, source } = await readStackConfig(stack.configFile);
  const manifest = buildManifest(parseConfig(hub, source));
  const database = await startDemoDatabase();
  closers.push(database.postgres.close);
  const environment = handlerEnvironment(stack.cloud, { databaseUrl: database.url, folder: stack.folder });
  await showStack(steps, stack);
  let handler: RunningHandler | undefined;
  await steps.check("the staged handler starts with the stack's manifest", "the same manifest", async () => {
    const outputs = Outputs.parse(JSON.parse((await stack.pulumi(["pulumi", "stack", "output", "--json"])).stdout));
    handler = await startHandler(join(stack.releases, outputs.releaseDigest.replace("sha256:", "")), environment);
    closers.push(handler.close);
    return handler.manifest === outputs.manifestDigest ? "the same manifest" : `the manifest ${handler.manifest}`;
  });
  await showCalls(steps, stack, manifest);
  await showConversation(steps, stack, database);
  await showOutbound(steps, stack, handler, database);
  await showStorage(steps, stack, database);
  await showForgeries(steps, stack, manifest.hosts.canonical.url);
  await showNoDrift(steps, stack);
  await showDrift(steps, stack);
  await showCampaignRefused(steps, stack);
  // The authorised release listens on the same port.
  await handler?.close();
  const machine = await makeLoopbackMachine(stack, database.url);
  closers.push(async () => machine.close());
  await showDeployment(steps, stack, machine);
  await showNoSecret(steps, stack, [...(handler?.log ?? []), await machine.files()]);
  return handler;
}

function summary({ all }: Steps): string {
  const failed = all.filter(({ ok }) => !ok).length;
  return `${all.length - failed} steps as expected, ${failed} not`;
}

/** What a person needs to go on where the demo ended. */
function addresses(stack: LoopbackStack, handler: RunningHandler | undefined): string {
  const { cloud, environment, configFile } = stack;
  const rows = [
    ["Cloudflare API", cloud.endpoints.cloudflare],
    ["Twilio proxy", cloud.endpoints.twilioProxy],
    ["edge", `http://127.0.0.1:${cloud.edge.port}`],
    ["handler", handler === undefined ? "not started" : `http://127.0.0.1:${handler.port}, under PM2`],
  ].map(([name = "", address]) => `  ${name.padEnd(16)}${address}`);
  const command = `  npm run preview -- --stack loopback --config-file ${configFile}`;
  return ["left running; Ctrl-C ends it", ...rows, "in another shell:", ...shellExports(environment), command].join(
    "\n",
  );
}

function options() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "string" },
        keep: { type: "boolean", default: false },
        plugins: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.plugins !== undefined && values.plugins !== "real") throw new Error("--plugins takes the word real");
    return values;
  } catch (cause) {
    throw new UserError(`${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`, { cause });
  }
}
