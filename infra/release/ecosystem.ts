import { canonicalJson } from "../../hub/values/canonical-json.ts";

/** How PM2 runs the handler. */
export interface Ecosystem {
  /** PM2's name for it. */
  readonly process: string;
  readonly instances: number;
  /** At how much memory PM2 restarts a process, like `512M`. */
  readonly memory: string;
}

/**
 * How long a process may take until it says that it listens: it asks 1Password first. PM2 starts no further one meanwhile. In milliseconds.
 */
const LISTEN_TIMEOUT_MS = 30_000;

/** How long a process may take to end: half a second of lingering, 10 seconds for webhooks, the workers. In milliseconds. */
const KILL_TIMEOUT_MS = 20_000;

/**
 * PM2 keeps a process's environment in its dump, and takes it from the shell that starts it. What may be a credential there stays out: PM2
 * leaves out each variable of the shell whose name holds one of these (https://pm2.keymetrics.io/docs/usage/environment/).
 */
const NOT_FROM_THE_SHELL = ["TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "PRIVATE_KEY", "ACCESS_KEY", "OP_SESSION"];

/**
 * The file that PM2 reads beside the bundle. A release runs where it really lies: one that crashed comes back as itself, whatever release is
 * the current one by then. The environment holds references and no secret.
 *
 * Source: https://pm2.keymetrics.io/docs/usage/application-declaration/
 */
export function ecosystemFile({ process, instances, memory }: Ecosystem): string {
  const settings = {
    name: process,
    exec_mode: "cluster",
    instances,
    wait_ready: true,
    listen_timeout: LISTEN_TIMEOUT_MS,
    kill_timeout: KILL_TIMEOUT_MS,
    max_memory_restart: memory,
    node_args: ["--enable-source-maps"],
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
  // A reload keeps the path and the folder of the first start, whatever stands above; PM2 7.0.4 lets the environment say both.
  pm_exec_path: app.script,
  pm_cwd: app.cwd,
};
module.exports = { apps: [app] };
`;
}
