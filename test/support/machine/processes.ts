/** The arguments of a stack's processes, which every user can read, and their environment, which only their own user can read. */
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { LoopbackStack } from "../../../tools/loopback/stack.ts";

/** The pause between two rounds, in milliseconds. */
const PAUSE_MS = 25;

/**
 * Keeps reading the processes of a stack: those whose environment contains its folder.
 *
 * @returns a function that stops this, and returns the arguments and the environment of each process, as in /proc
 */
export function watchProcesses({ folder }: Pick<LoopbackStack, "folder">): () => Promise<Set<string>> {
  const seen = new Set<string>();
  const stopped = new AbortController();
  const watching = (async () => {
    while (!stopped.signal.aborted) {
      for (const id of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
        const environment = await read(id, "environ");
        if (environment.includes(folder)) seen.add(`${await read(id, "cmdline")}\0${environment}`);
      }
      await delay(PAUSE_MS);
    }
  })();
  return async () => {
    stopped.abort();
    await watching;
    return seen;
  };
}

/** Reads a file of a process. Empty if the process has ended meanwhile, or belongs to another user. */
function read(id: string, name: "environ" | "cmdline"): Promise<string> {
  return readFile(`/proc/${id}/${name}`, "latin1").catch(() => "");
}
