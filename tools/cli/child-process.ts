import type { ChildProcess } from "node:child_process";

/** How a process ended: with an exit status, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Waits until a process has ended and all that it printed was read.
 *
 * @throws Error where it could not be started
 */
export function endOf(child: ChildProcess): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}
