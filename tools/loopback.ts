/** `npm run loopback`: the loopback cloud on the ports of `Pulumi.loopback.yaml`, for a laptop without accounts. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseConfig } from "../hub/parse-config.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../loopback/cloud.ts";
import { machinePrograms } from "./loopback/programs.ts";
import { handlerEnvironment } from "./loopback-handler.ts";
import { LOOPBACK_STACK, type LoopbackSurroundings, loopbackEnvironment } from "./loopback-stack.ts";
import { PROJECT } from "./paths.ts";
import { startPostgres } from "./postgres.ts";
import { shellExports } from "./shell-exports.ts";
import { readStackConfig, stackFile } from "./stack-config.ts";
import { runTool, UserError } from "./user-error.ts";

const USAGE = `usage: npm run loopback

Starts Twilio, Cloudflare, 1Password and both hosts on 127.0.0.1, on the ports of Pulumi.loopback.yaml, and Discord, OpenClaw, Supabase Storage
and a Postgres on free ports. Prints what other shells need to run the CLI and the handler against them. Ctrl-C ends it. Nothing is kept.`;

await runTool(async () => {
  if (wantsHelp()) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const { hub, source } = await readStackConfig(stackFile(LOOPBACK_STACK));
  const config = parseConfig(hub, source);
  if (config.endpoints === undefined) throw new UserError(`${source}: hub:endpoints is missing; set it`);
  const { cloudflare, twilioProxy } = config.endpoints;
  const ports = { cloudflare: portOf(cloudflare), twilioProxy: portOf(twilioProxy) };
  const cloud = await startLoopbackCloud({ config, ports }).catch((cause: Error) => {
    throw new UserError(
      `the loopback cloud does not start on the ports of hub:endpoints (${source}): ${cause.message}`,
      { cause },
    );
  });
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-loopback-"));
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase("hub");
  const surroundings = { backend: `file://${PROJECT}/.hub/loopback`, programs: await machinePrograms() };
  const lines = instructions(cloud, surroundings, handlerEnvironment(cloud, { databaseUrl, folder }));
  process.stdout.write(`${lines.join("\n")}\n`);
  await interrupted();
  await postgres.close();
  await cloud.close();
  await rm(folder, { recursive: true });
  return 0;
});

function instructions(
  cloud: LoopbackCloud,
  surroundings: LoopbackSurroundings,
  handler: Readonly<Record<string, string>>,
): string[] {
  return [
    `Cloudflare API  ${cloud.endpoints.cloudflare}`,
    `Twilio proxy    ${cloud.endpoints.twilioProxy}`,
    `edge            http://127.0.0.1:${cloud.edge.port}`,
    `Discord         ${cloud.discord.url}`,
    `OpenClaw        ${cloud.openclaw.url}`,
    `Supabase        ${cloud.storage.projectUrl}`,
    `Postgres        ${handler.DATABASE_URL}`,
    "in another shell, the stack:",
    ...["  mkdir -p .hub/loopback", ...shellExports(loopbackEnvironment(cloud, surroundings))],
    `  npm run pulumi -- stack select --create --stack ${LOOPBACK_STACK}`,
    `  npm run up -- --stack ${LOOPBACK_STACK}`,
    "in a third one, the handler:",
    ...shellExports(handler),
    `  npm start -- --stack ${LOOPBACK_STACK}`,
  ];
}

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: "boolean", short: "h" } } }).values.help ?? false;
  } catch (cause) {
    throw new UserError(`${cause instanceof Error ? cause.message : cause}\n\n${USAGE}`, { cause });
  }
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => resolve());
  });
}
