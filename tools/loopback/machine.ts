/** The machine of a loopback stack: a PM2 of its own, whose processes reach the loopback cloud. */
import { spawnSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { z } from "zod";
import { writeVault } from "../../loopback/vault.ts";
import { handlerEnvironment } from "./handler-environment.ts";
import { machinePrograms } from "./programs.ts";
import type { LoopbackStack, RunOptions } from "./stack.ts";

/** A machine on which an `up` can restart the handler. */
export interface LoopbackMachine {
  /** The options to run an `up` with. */
  readonly options: RunOptions;
  /** Runs a PM2 command and returns its standard output. */
  pm2(...args: readonly string[]): string;
  /**
   * Returns everything that PM2 keeps on disk, as text: its dump, and its own and the handler's logs.
   *
   * @throws Error if the dump is missing or the logs are empty, so that a search for secrets cannot pass without files
   */
  files(): Promise<string>;
  /** Ends PM2 and its processes. */
  close(): void;
}

const DATABASE_REFERENCE = "op://Aurora/supabase/database-url";
const Vault = z.record(z.string(), z.string());

/** The variables that the handler gets from the wrappers of its programs, not from the stack. */
const WRAPPED = ["LOOPBACK_OP_VAULT", "NODE_USE_ENV_PROXY", "HTTPS_PROXY", "NO_PROXY", "NODE_EXTRA_CA_CERTS"];

/**
 * Makes the machine, and sets `hub:environment` in the stack's config. The restart starts everything with a bare environment, so the variables that
 * lead to the loopback cloud are set in wrappers of `node` and `op`, first on PATH.
 */
export async function makeLoopbackMachine(
  stack: Pick<LoopbackStack, "cloud" | "folder" | "editConfig">,
  databaseUrl: string,
): Promise<LoopbackMachine> {
  const { cloud, folder } = stack;
  const bin = join(folder, "bin");
  const home = join(folder, "pm2");
  await mkdir(bin);
  const variables = handlerEnvironment(cloud, { databaseUrl, folder });
  const programs = await machinePrograms();
  const node = join(programs, "node");
  const lines = WRAPPED.map((name) => `export ${name}='${variables[name]}'`);
  await writeWrapper(join(bin, "node"), [...lines, `exec '${node}' "$@"`]);
  await writeWrapper(join(bin, "op"), [...lines, `exec '${node}' '${join(cloud.binFolder, "op")}' "$@"`]);
  const vault = Vault.parse(JSON.parse(await readFile(cloud.vaultFile, "utf8")));
  await writeVault(cloud.vaultFile, { ...vault, [DATABASE_REFERENCE]: databaseUrl });
  await stack.editConfig((config) => {
    const { OPENCLAW_URL, OPENCLAW_HOOK_TOKEN, OUTBOUND_TOKEN, DISCORD_OPS_WEBHOOK, SPOOL_FILE } = variables;
    const { SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY, RECORDINGS_BUCKET } = variables;
    config["hub:environment"] = {
      DATABASE_URL: DATABASE_REFERENCE,
      ...{ OPENCLAW_URL, OPENCLAW_HOOK_TOKEN, OUTBOUND_TOKEN, DISCORD_OPS_WEBHOOK, SPOOL_FILE },
      ...{ SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY, RECORDINGS_BUCKET },
    };
  });
  const environment = { PM2_HOME: home, PATH: [bin, programs, process.env.PATH ?? ""].join(delimiter) };
  const pm2 = (...args: readonly string[]) =>
    spawnSync(join(programs, "pm2"), args, {
      env: { ...process.env, ...environment },
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    }).stdout;
  return {
    options: { environment },
    pm2,
    files: () => textOf(home),
    close: () => void pm2("kill"),
  };
}

async function writeWrapper(file: string, lines: readonly string[]): Promise<void> {
  await writeFile(file, `#!/bin/sh\n${lines.join("\n")}\n`);
  await chmod(file, 0o755);
}

async function textOf(home: string): Promise<string> {
  const entries = await readdir(home, { recursive: true, withFileTypes: true });
  // The folder has sockets too.
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const texts = await Promise.all(files.map((file) => readFile(file, "latin1")));
  const has = (prefix: string) =>
    files.some((file, index) => file.startsWith(join(home, prefix)) && texts[index] !== "");
  for (const prefix of ["dump.pm2", "logs/"])
    if (!has(prefix)) throw new Error(`${join(home, prefix)}: missing or empty`);
  return texts.join("\n");
}
