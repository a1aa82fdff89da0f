/** `npm start`: bundles the handler for a stack and runs it in the foreground. */
import { join } from "node:path";
import { buildManifest } from "../hub/manifest.ts";
import { parseConfig } from "../hub/parse-config.ts";
import { buildRelease } from "../infra/release.ts";
import { runInForeground } from "./foreground.ts";
import { progress } from "./progress.ts";
import { readOptions } from "./read-options.ts";
import { readStackConfig, stackFile } from "./stack-config.ts";
import { runTool, UserError } from "./user-error.ts";

const USAGE = `usage: npm start -- --stack NAME [--config-file FILE]

Builds the webhook handler's release for the stack and runs it here until Ctrl-C. What the shell's environment does not set comes from the
stack's hub:environment: docs/handler.md lists it.

  --stack NAME         whose config to use: Pulumi.NAME.yaml
  --config-file FILE   another file with the stack's config
  --help               print this

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
  if (stack === undefined) throw new UserError("no stack named; add --stack NAME, or see npm start -- --help");
  return runInForeground(process.execPath, ["--enable-source-maps", await bundle(configFile ?? stackFile(stack))]);
});

/** The bundle of the handler, for the stack of a config file. */
async function bundle(configFile: string): Promise<string> {
  const { source, hub } = await readStackConfig(configFile);
  const config = parseConfig(hub, source);
  const { folder } = await progress.run("bundling the handler", () => buildRelease(buildManifest(config), config));
  return join(folder, "handler.mjs");
}
