/** The vault of the stand-in `op`, and the folder of that stand-in. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Secrets by 1Password reference. */
export type Vault = Readonly<Record<string, string>>;

/** The folder with the stand-in `op`. Put it first on PATH, and the vault's file into `LOOPBACK_OP_VAULT`. */
export const BIN_FOLDER = fileURLToPath(new URL("./bin", import.meta.url));

/** Writes a vault to a file that only its owner can read. */
export async function writeVault(file: string, vault: Vault): Promise<void> {
  await writeFile(file, `${JSON.stringify(vault, null, 2)}\n`, { mode: 0o600 });
}
