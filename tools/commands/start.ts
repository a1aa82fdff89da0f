/** `npm start`: bundles the handler for a stack and runs it in the foreground. */
import { join } from "node:path";
import type { HubConfig } from "../../hub/config/config.ts";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { NODE_ARGS } from "../../infra/release/ecosystem.ts";
import { buildRelease } from "../../infra/release/release.ts";
import { runInForeground } from "../cli/foreground.ts";
import { progress } from "../cli/progress.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool } from "../cli/run-tool.ts";
import { readStackConfig, requireStack, stackFile } from "../stack/stack-config.ts";

const USAGE = `usage: npm start -- --stack NAME [--config-file FILE]

Builds the webhook handler's release for the stack and runs it here until Ctrl-C. Variables that the
shell does not set come from the stack's hub:environment; docs/handler.md lists them.

  --stack NAME         use the config of this stack: Pulumi.NAME.yaml
  --config-file FILE   use this file as the stack's config
  --help               print this help

examples:
  npm start -- --stack loopback
  npm start -- --stack prod --config-file /etc/twilio-hub/Pulumi.prod.yaml`;

const OPTIONS = {
  stack: { type: "string", short: "s" },
  "config-file": { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

await runTool(async () => {
  const { stack, "config-file": configFile, help } = readOptions(OPTIONS, "npm start");
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const name = requireStack(stack, "npm start -- --stack prod");
  const { source, hub } = await readStackConfig(configFile ?? stackFile(name));
  const config = parseConfig(hub, source);
  return runInForeground(process.execPath, [...NODE_ARGS, await bundle(config)], proxyVariables(config));
});

/** Builds the handler's release and returns the path of its bundle. */
async function bundle(config: HubConfig): Promise<string> {
  const { folder } = await progress.run("bundling the handler", () => buildRelease(buildManifest(config), config));
  return join(folder, "handler.mjs");
}

/**
 * The variables that lead a handler to the loopback cloud if the stack is on it, whatever proxy the shell has. Node reads them
 * (https://nodejs.org/docs/latest-v24.x/api/cli.html#node_use_env_proxy1).
 */
function proxyVariables({ endpoints }: HubConfig): Readonly<Record<string, string>> {
  if (endpoints === undefined) return {};
  const [proxy, direct] = [endpoints.twilioProxy, "127.0.0.1"];
  // Node prefers the names in lower case.
  return { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: proxy, https_proxy: proxy, NO_PROXY: direct, no_proxy: direct };
}
