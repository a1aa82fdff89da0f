/** The vault that the stand-in `op` reads, and where that stand-in is. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Secrets by 1Password reference. */
export type Vault = Readonly<Record<string, string>>;

/** The folder with the stand-in `op`. It goes first on PATH, and the vault's file into `LOOPBACK_OP_VAULT`. */
export const BIN_FOLDER = fileURLToPath(new URL("./bin", import.meta.url));

/** Writes a vault's file, which only its owner can read. */
export async function writeVault(file: string, vault: Vault): Promise<void> {
  await writeFile(file, `${JSON.stringify(vault, null, 2)}\n`, { mode: 0o600 });
}
