/** `npm run demo`: shows the whole stack on a loopback cloud, step by step. */
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { hexDigits } from "../../hub/values/canonical-json.ts";
import { exists } from "../cli/files.ts";
import { endingAllStarted, type Started } from "../cli/interrupts.ts";
import { progress } from "../cli/progress.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import { showCalls } from "../demo/call-steps.ts";
import { showCampaignRefused } from "../demo/campaign-steps.ts";
import { showConversation } from "../demo/conversation-steps.ts";
import { startDemoDatabase } from "../demo/demo-database.ts";
import { showDeployment } from "../demo/deployment-steps.ts";
import { showForgeries } from "../demo/forgery-steps.ts";
import { showOutage } from "../demo/outage-steps.ts";
import { showOutbound } from "../demo/outbound-steps.ts";
import { showNoSecret } from "../demo/secret-steps.ts";
import { showSigning } from "../demo/signing-steps.ts";
import { showDrift, showNoDrift, showStack } from "../demo/stack-steps.ts";
import { Steps } from "../demo/steps.ts";
import { findCli } from "../engine/find-cli.ts";
import { installPlugins } from "../engine/install-plugins.ts";
import { PULUMI_VERSION } from "../engine/version.ts";
import { handlerEnvironment } from "../loopback/handler-environment.ts";
import { makeLoopbackMachine } from "../loopback/machine.ts";
import { type RunningHandler, startHandler } from "../loopback/running-handler.ts";
import { shellExports } from "../loopback/shell-exports.ts";
import { type LoopbackStack, startLoopbackStack } from "../loopback/stack.ts";
import { readStackConfig } from "../stack/stack-config.ts";

const USAGE = `usage: npm run demo [-- OPTIONS]

Starts a loopback cloud and a Postgres, brings the stack up with the real Pulumi engine, places
calls and texts, takes the database away and brings it back, forges requests, makes and repairs a
drift, and rotates a signing key. Nothing leaves 127.0.0.1. The exit status is 0 if every step came
out as expected.

  --verbose        show the expected and the actual result of each step
  --json FILE      write the steps as JSON, each with its group and its time
  --keep           leave everything running and print the addresses
  --plugins real   first install Pulumi's real plugins (needs the internet)
  --help           print this help

examples:
  npm run demo
  npm run demo -- --verbose
  npm run demo -- --json steps.json
  npm run demo -- --keep`;

const Outputs = z.object({ manifestDigest: z.string(), releaseDigest: z.string() });

await runTool(async () => {
  const { help, ...given } = options();
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const { json, plugins } = given;
  if (json !== undefined && !(await exists(dirname(json)))) {
    throw new UserError(`--json ${json}: the folder ${dirname(json)} does not exist; create it first`);
  }
  // The first run takes minutes. Doing this in this process shows its progress.
  const { origin } = await findCli();
  if (plugins === "real") await installPlugins();
  return endingAllStarted((started) => runDemo(given, origin, started));
});

async function runDemo({ json, keep, verbose }: DemoOptions, origin: string, started: Started): Promise<number> {
  const stack = await progress.run("starting the loopback cloud", startLoopbackStack);
  started.own(stack.close);
  print(`Pulumi ${PULUMI_VERSION} (${origin}), ${stack.plugins}; everything is on 127.0.0.1`);
  const steps = new Steps({ verbose, interrupt: started.interrupt });
  const handler = await showAll(steps, stack, started);
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ steps: steps.all }, null, 2)}\n`);
  print(`\n${summary(steps)}`);
  if (keep) {
    const environment = join(stack.folder, "environment");
    await writeFile(environment, `${shellExports(stack.environment).join("\n")}\n`, { mode: 0o600 });
    print(`\n${addresses(stack, handler, environment)}`);
    await started.interrupted;
  }
  return steps.ok ? 0 : 1;
}

async function showAll(steps: Steps, stack: LoopbackStack, { own }: Started): Promise<RunningHandler | undefined> {
  const { hub, source } = await readStackConfig(stack.configFile);
  const manifest = buildManifest(parseConfig(hub, source));
  const database = await progress.run("starting Postgres", startDemoDatabase);
  own(database.postgres.close);
  const environment = handlerEnvironment(stack.cloud, { databaseUrl: database.url, folder: stack.folder });
  steps.group("The stack");
  await showStack(steps, stack);
  let handler: RunningHandler | undefined;
  await steps.check("the staged handler starts with the stack's manifest", "the same manifest", async () => {
    const outputs = Outputs.parse(JSON.parse((await stack.pulumi(["pulumi", "stack", "output", "--json"])).stdout));
    handler = await startHandler(join(stack.releases, hexDigits(outputs.releaseDigest)), environment);
    own(handler.close);
    return handler.manifest === outputs.manifestDigest ? "the same manifest" : `the manifest ${handler.manifest}`;
  });
  steps.group("Calls and texts");
  await showCalls(steps, stack, manifest);
  steps.group("A whole call");
  await showConversation(steps, stack, database);
  steps.group("A call that the hub places, and texts that must not leave");
  await showOutbound(steps, stack, handler, database);
  steps.group("The database, taken away and brought back");
  await showOutage(steps, stack, database);
  steps.group("Forged requests");
  await showForgeries(steps, stack, manifest.hosts.canonical.url);
  steps.group("Drift");
  await showNoDrift(steps, stack);
  await showDrift(steps, stack);
  steps.group("A campaign while A2P 10DLC is unapproved");
  await showCampaignRefused(steps, stack);
  steps.group("Signing keys");
  // The other releases will listen on the same port.
  await handler?.close();
  const signingLog = await showSigning(steps, stack, environment);
  steps.group("Releases and restarts");
  const machine = await makeLoopbackMachine(stack, database.url);
  own(async () => machine.close());
  await showDeployment(steps, stack, machine);
  steps.group("Secrets and personal data");
  await showNoSecret(steps, stack, [...(handler?.log ?? []), ...signingLog, await machine.files()]);
  return handler;
}

function summary({ all }: Steps): string {
  const failed = all.filter(({ ok }) => !ok).length;
  return `${all.length - failed} steps as expected, ${failed} not`;
}

/** The addresses and commands with which a person can continue. */
function addresses(stack: LoopbackStack, handler: RunningHandler | undefined, environment: string): string {
  const { cloud, configFile } = stack;
  const rows = [
    ["Cloudflare API", cloud.endpoints.cloudflare],
    ["Twilio proxy", cloud.endpoints.twilioProxy],
    ["edge", `http://127.0.0.1:${cloud.edge.port}`],
    ["handler", handler === undefined ? "not started" : `http://127.0.0.1:${handler.port}, under PM2`],
  ].map(([name = "", address]) => `  ${name.padEnd(16)}${address}`);
  const commands = [`  . ${environment}`, `  npm run preview -- --stack loopback --config-file ${configFile}`];
  return ["left running; Ctrl-C ends it", ...rows, "in another shell:", ...commands].join("\n");
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

type DemoOptions = Pick<ReturnType<typeof options>, "json" | "keep" | "verbose">;

function options() {
  try {
    const { values } = parseArgs({
      options: {
        json: { type: "string" },
        keep: { type: "boolean", default: false },
        verbose: { type: "boolean", default: false },
        plugins: { type: "string" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    if (values.plugins !== undefined && values.plugins !== "real") throw new Error("--plugins: expected real");
    return values;
  } catch (cause) {
    throw new UserError(`${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`, { cause });
  }
}
