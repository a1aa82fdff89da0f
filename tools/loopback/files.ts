/** The files of `npm run loopback`: a folder with the stack's config, its state, and the environment for other shells. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import type { LoopbackCloud } from "../../loopback/cloud.ts";
import { writeVault } from "../../loopback/vault.ts";
import { PROJECT } from "../cli/paths.ts";
import { editedStackConfig, readStackText } from "../stack/edit-stack-config.ts";
import { stackFile } from "../stack/stack-config.ts";
import { shellExports } from "./shell-exports.ts";
import { LOOPBACK_STACK } from "./stack.ts";

/** The folder, relative to the project's top. The releases, the gate file and the spool are in it too. */
export const LOOPBACK_FOLDER = join(".hub", "loopback");

/** The file that a shell sources, relative to the project's top. */
export const ENVIRONMENT_FILE = join(LOOPBACK_FOLDER, "environment");

/** The config file of the stack on the running cloud, relative to the project's top. */
export const CONFIG_FILE = join(LOOPBACK_FOLDER, `Pulumi.${LOOPBACK_STACK}.yaml`);

const FOLDER = join(PROJECT, LOOPBACK_FOLDER);
const Vault = z.record(z.string(), z.string());

/** Makes the folder. Removes the files of an earlier cloud first, since its state describes accounts that are gone. */
export async function makeLoopbackFolder(): Promise<void> {
  await removeLoopbackFolder();
  await mkdir(dirname(FOLDER), { recursive: true });
  await mkdir(FOLDER, { mode: 0o700 });
}

/** Removes the folder with everything in it. */
export async function removeLoopbackFolder(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
}

/**
 * Writes the config of the stack on a running cloud: Pulumi.loopback.yaml with the addresses of the servers that listen on free ports. For root it
 * also sets `hub:transport`, because the machine's check refuses root unless the config names it.
 */
export async function writeLoopbackConfig({ openclaw, storage }: LoopbackCloud): Promise<void> {
  const own = stackFile(LOOPBACK_STACK);
  const isRoot = process.getuid?.() === 0;
  const content = editedStackConfig(await readStackText(own), own, [
    ...(isRoot ? [{ path: ["hub:transport"], value: { kind: "local", user: "root" } }] : []),
    { path: ["hub:environment", "OPENCLAW_URL"], value: openclaw.url },
    { path: ["hub:environment", "SUPABASE_URL"], value: storage.projectUrl },
    { path: ["hub:environment", "SPOOL_FILE"], value: join(FOLDER, "spool.sqlite") },
  ]);
  await writeFile(join(PROJECT, CONFIG_FILE), content, { mode: 0o600 });
}

/** Adds a secret to the cloud's vault. */
export async function addToVault({ vaultFile }: LoopbackCloud, reference: string, secret: string): Promise<void> {
  const vault = Vault.parse(JSON.parse(await readFile(vaultFile, "utf8")));
  await writeVault(vaultFile, { ...vault, [reference]: secret });
}

/** Writes the file that a shell sources. Only its owner may read it. */
export async function writeEnvironmentFile(environment: Readonly<Record<string, string>>): Promise<void> {
  await writeFile(join(PROJECT, ENVIRONMENT_FILE), `${shellExports(environment).join("\n")}\n`, { mode: 0o600 });
}
