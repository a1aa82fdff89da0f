/** `npm run loopback`: the loopback cloud on the ports of `Pulumi.loopback.yaml`, for a laptop without accounts. */
import { parseArgs } from "node:util";
import { parseConfig } from "../hub/parse-config.ts";
import { startLoopbackCloud } from "../loopback/cloud.ts";
import { LOOPBACK_STACK, loopbackEnvironment } from "./loopback-stack.ts";
import { PROJECT } from "./paths.ts";
import { shellExports } from "./shell-exports.ts";
import { readStackConfig, stackFile } from "./stack-config.ts";
import { runTool, UserError } from "./user-error.ts";

const USAGE = `usage: npm run loopback

Starts Twilio, Cloudflare, 1Password and both hosts on 127.0.0.1, on the ports of Pulumi.loopback.yaml, and prints what another shell needs to
run the CLI against them. Ctrl-C ends it. Nothing is kept.`;

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
  const environment = loopbackEnvironment(cloud, `file://${PROJECT}/.hub/loopback`);
  process.stdout.write(
    [
      `Cloudflare API  ${cloudflare}`,
      `Twilio proxy    ${twilioProxy}`,
      `edge            http://127.0.0.1:${cloud.edge.port}`,
      "in another shell:",
      ...["  mkdir -p .hub/loopback", ...shellExports(environment)],
      `  npm run pulumi -- stack select --create --stack ${LOOPBACK_STACK}`,
      `  npm run up -- --stack ${LOOPBACK_STACK}`,
      "",
    ].join("\n"),
  );
  await interrupted();
  await cloud.close();
  return 0;
});

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
