/** What everybody may read of a stack's processes, and what their own user may. */
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { LoopbackStack } from "../../../tools/loopback/stack.ts";

/** How long between two looks, in milliseconds. */
const PAUSE_MS = 25;

/**
 * Looks at the processes that belong to a stack over and over: at those whose environment names its folder. What it gives back stops that, and
 * says the arguments and the environment of each, as they stand in /proc.
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

/** A process may end while it is looked at, and another user's is not to be read. */
function read(id: string, name: "environ" | "cmdline"): Promise<string> {
  return readFile(`/proc/${id}/${name}`, "latin1").catch(() => "");
}
