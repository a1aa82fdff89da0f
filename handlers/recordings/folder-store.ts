/** Stores recordings in a folder on this machine. */
import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { RecordingStore } from "./recording-store.ts";

/** Makes a store in a folder, and the folder if it is missing. Each recording has a `file://` URL. Only the process's user may read it. */
export function createFolderStore(folder: string): RecordingStore {
  return {
    put: async (key, bytes) => {
      const file = join(folder, key);
      try {
        await writeFile(file, bytes);
      } catch (cause) {
        throw new Error(`the folder ${folder} (RECORDINGS_FOLDER) did not take a recording: ${codeOf(cause)}`, {
          cause,
        });
      }
      return pathToFileURL(file).href;
    },
  };
}

/** Writes a file atomically: even if the machine stops, the name holds the whole new file or what it held before. */
async function writeFile(file: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(file);
  const aside = join(folder, `.${basename(file)}.${randomUUID()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await writeDurably(aside, bytes);
    await rename(aside, file);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
  await syncFolder(folder);
  await syncFolder(dirname(folder));
}

async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Syncs a folder: a file's name is durable only when its folder is synced. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
