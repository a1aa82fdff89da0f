import { LISTEN_TIMEOUT_SECONDS } from "../../hub/scripts/restart.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";

/** How PM2 runs the handler. */
export interface Ecosystem {
  /** Its name in PM2. */
  readonly process: string;
  readonly instances: number;
  /** The memory at which PM2 restarts a process, like `512M`. */
  readonly memory: string;
}

/**
 * The arguments of Node, wherever the handler runs. Without a limit (in MB) for its youngest objects, V8 lets a flood of connections grow the process
 * to twice its size before it collects them (https://nodejs.org/api/cli.html#--max-semi-space-sizesize-in-mib).
 */
export const NODE_ARGS: readonly string[] = ["--enable-source-maps", "--max-semi-space-size=8"];

/** How long a process may take to end, in milliseconds: half a second of lingering, 10 seconds for webhooks, then the workers. */
const KILL_TIMEOUT_MS = 20_000;

/**
 * PM2 copies the environment of the shell that starts a process, and keeps it in its dump. To keep credentials out, PM2 skips each variable of the
 * shell whose name contains one of these (https://pm2.keymetrics.io/docs/usage/environment/).
 */
const NOT_FROM_THE_SHELL = ["TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "PRIVATE_KEY", "ACCESS_KEY", "OP_SESSION"];

/**
 * The file beside the bundle that PM2 reads. It resolves the release's real folder, so a crashed process restarts as the same release, even if
 * another release is current by then. The environment holds references, not secrets.
 *
 * Source: https://pm2.keymetrics.io/docs/usage/application-declaration/
 */
export function ecosystemFile({ process, instances, memory }: Ecosystem): string {
  const settings = {
    name: process,
    exec_mode: "cluster",
    instances,
    wait_ready: true,
    listen_timeout: LISTEN_TIMEOUT_SECONDS * 1000,
    kill_timeout: KILL_TIMEOUT_MS,
    max_memory_restart: memory,
    node_args: NODE_ARGS,
    filter_env: NOT_FROM_THE_SHELL,
  };
  return `"use strict";
const { readFileSync, realpathSync } = require("node:fs");
const { basename, join } = require("node:path");
const release = realpathSync(__dirname);
const lines = readFileSync(join(release, "environment"), "utf8").split("\\n").filter((line) => line !== "");
const environment = lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
const app = ${canonicalJson(settings)};
app.script = join(release, "handler.mjs");
app.cwd = release;
app.env = {
  ...Object.fromEntries(environment),
  HUB_RELEASE: basename(release),
  // A reload keeps the path and the folder of the first start despite the lines above; in PM2 7.0.4 these variables override both.
  pm_exec_path: app.script,
  pm_cwd: app.cwd,
};
module.exports = { apps: [app] };
`;
}
