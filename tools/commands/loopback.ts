/** `npm run loopback`: starts the loopback cloud on the ports of `Pulumi.loopback.yaml`, for development without accounts. */
import { parseArgs } from "node:util";
import { z } from "zod";
import type { HubConfig } from "../../hub/config/config.ts";
import { parseConfig } from "../../hub/config/parse.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../../loopback/cloud.ts";
import { endingAllStarted, type Started } from "../cli/interrupts.ts";
import { PROJECT } from "../cli/paths.ts";
import { progress } from "../cli/progress.ts";
import { runTool, UserError } from "../cli/run-tool.ts";
import {
  addToVault,
  CONFIG_FILE,
  ENVIRONMENT_FILE,
  LOOPBACK_FOLDER,
  makeLoopbackFolder,
  removeLoopbackFolder,
  writeEnvironmentFile,
  writeLoopbackConfig,
} from "../loopback/files.ts";
import { makePm2Home } from "../loopback/pm2.ts";
import { machinePrograms } from "../loopback/programs.ts";
import { LOOPBACK_STACK, loopbackEnvironment } from "../loopback/stack.ts";
import { startPostgres } from "../postgres/postgres.ts";
import { readStackConfig, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm run loopback

Starts Twilio, Cloudflare, 1Password and both hosts on 127.0.0.1, on the ports of
Pulumi.loopback.yaml, and Discord, OpenClaw, Supabase Storage and a Postgres on free ports. Prints
the commands that run the stack and the handler against them in other shells. Ctrl-C ends it.

Everything that it writes, including the stack's state, is in ${LOOPBACK_FOLDER} and in the folder
for temporary files, and is removed at the end.

  --help   print this help

example:
  npm run loopback`;

type Endpoints = NonNullable<HubConfig["endpoints"]>;

const TakenPort = z.object({ code: z.literal("EADDRINUSE"), port: z.number() });

await runTool(async () => {
  if (wantsHelp()) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  return endingAllStarted(serve);
});

async function serve({ own, interrupted }: Started): Promise<number> {
  const { hub, source } = await readStackConfig(stackFile(LOOPBACK_STACK));
  const config = parseConfig(hub, source);
  const { endpoints } = config;
  if (endpoints === undefined) throw new UserError(`${source}: hub:endpoints is missing; set it`);
  const ports = { cloudflare: portOf(endpoints.cloudflare), twilioProxy: portOf(endpoints.twilioProxy) };
  // The cloud starts first: only the process that has the ports may use the folder.
  const cloud = await startLoopbackCloud({ config, ports }).catch((cause: unknown) => {
    throw portProblem(cause, endpoints, source);
  });
  own(cloud.close);
  const postgres = await progress.run("starting Postgres", () => startPostgres());
  own(postgres.close);
  const databaseUrl = await postgres.createDatabase("hub");
  await addToVault(cloud, config.environment.DATABASE_URL, databaseUrl);
  const pm2 = await makePm2Home();
  own(pm2.close);
  await makeLoopbackFolder();
  own(removeLoopbackFolder);
  await writeLoopbackConfig(cloud);
  await writeEnvironmentFile({
    ...loopbackEnvironment(cloud, {
      backend: `file://${PROJECT}/${LOOPBACK_FOLDER}`,
      programs: await machinePrograms(),
    }),
    NODE_EXTRA_CA_CERTS: cloud.caFile,
    OUTBOUND_TOKEN: config.environment.OUTBOUND_TOKEN,
    PM2_HOME: pm2.folder,
  });
  process.stdout.write(`${instructions(cloud, databaseUrl).join("\n")}\n`);
  await interrupted;
  return 0;
}

function instructions(cloud: LoopbackCloud, databaseUrl: string): string[] {
  const files = `--stack ${LOOPBACK_STACK} --config-file ${CONFIG_FILE}`;
  return [
    `Cloudflare API  ${cloud.endpoints.cloudflare}`,
    `Twilio proxy    ${cloud.endpoints.twilioProxy}`,
    `edge            http://127.0.0.1:${cloud.edge.port}`,
    `Discord         ${cloud.discord.url}`,
    `OpenClaw        ${cloud.openclaw.url}`,
    `Supabase        ${cloud.storage.projectUrl}`,
    `Postgres        ${databaseUrl}`,
    "",
    "In another shell, at the project's top, create the stack and start the handler:",
    "",
    `  . ${ENVIRONMENT_FILE}`,
    `  npm run pulumi -- stack init --no-select --stack ${LOOPBACK_STACK}`,
    `  npm run up -- ${files} --yes`,
    `  npm start -- ${files}`,
    "",
    "In a third shell, let the handler place a call:",
    "",
    `  . ${ENVIRONMENT_FILE}`,
    `  npm run call -- --to +12125550123 --stack ${LOOPBACK_STACK}`,
    "",
    "Ctrl-C ends the cloud. Nothing is kept.",
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

/** Makes the error of a cloud that did not start. If a port is taken, the message names the port's config key. */
function portProblem(cause: unknown, endpoints: Endpoints, source: string): unknown {
  const { data: taken } = TakenPort.safeParse(cause);
  const key = Object.entries(endpoints).find(([, url]) => portOf(url) === taken?.port)?.[0];
  if (key === undefined) return cause;
  return new UserError(
    `port ${taken?.port} is in use: end the process that listens there, perhaps another npm run loopback, or change hub:endpoints.${key} in ${source}`,
    { cause },
  );
}
