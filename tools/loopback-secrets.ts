/** Where a loopback stack's secrets must not stand. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LoopbackStack } from "./loopback-stack.ts";

const Vault = z.record(z.string(), z.string());

/** The vault's values: what must stand in no output and no file. */
export async function vaultValues({ cloud }: Pick<LoopbackStack, "cloud">): Promise<string[]> {
  return Object.values(Vault.parse(JSON.parse(await readFile(cloud.vaultFile, "utf8"))));
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
