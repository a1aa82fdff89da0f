/** Where a loopback stack's secrets must not stand. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LoopbackCloud } from "../../loopback/cloud.ts";
import type { LoopbackStack } from "./stack.ts";

const Vault = z.record(z.string(), z.string());

/** The vault's values: what must stand in no output and no file. */
export async function vaultValues({ cloud }: Pick<LoopbackStack, "cloud">): Promise<string[]> {
  return Object.values(await readVault(cloud));
}

/**
 * What a reference leads to.
 *
 * @throws Error where the vault does not have it
 */
export async function vaultValue(cloud: Pick<LoopbackCloud, "vaultFile">, reference: string): Promise<string> {
  const value = (await readVault(cloud))[reference];
  if (value === undefined) throw new Error(`the loopback vault has no ${reference}`);
  return value;
}

async function readVault({ vaultFile }: Pick<LoopbackCloud, "vaultFile">): Promise<z.infer<typeof Vault>> {
  return Vault.parse(JSON.parse(await readFile(vaultFile, "utf8")));
}

/**
 * The state's files as text: the checkpoint, its backups and its history.
 *
 * @throws Error where there is none, so that a look for secrets cannot pass for want of files
 */
export async function stateFiles({ folder }: Pick<LoopbackStack, "folder">): Promise<string[]> {
  const entries = await readdir(join(folder, ".pulumi"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath.includes("stacks"));
  if (files.length === 0) throw new Error("the stack has no state file");
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")));
}
