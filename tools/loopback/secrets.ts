/** The secrets of a loopback stack, and the state's files, which must not contain them. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LoopbackCloud } from "../../loopback/cloud.ts";
import type { LoopbackStack } from "./stack.ts";

const Vault = z.record(z.string(), z.string());

/** Returns the vault's values. No output and no file may contain them. */
export async function vaultValues({ cloud }: Pick<LoopbackStack, "cloud">): Promise<string[]> {
  return Object.values(await readVault(cloud));
}

/**
 * Returns the value of a reference.
 *
 * @throws Error if the vault does not have it
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
 * Returns the state's files as text: the checkpoint, its backups and its history.
 *
 * @throws Error if there is no file, so that a search for secrets cannot pass without files
 */
export async function stateFiles({ folder }: Pick<LoopbackStack, "folder">): Promise<string[]> {
  const entries = await readdir(join(folder, ".pulumi"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath.includes("stacks"));
  if (files.length === 0) throw new Error("the stack has no state file");
  return Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), "latin1")));
}
