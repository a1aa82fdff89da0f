import { spawn } from "node:child_process";
import { constants } from "node:os";
import { endOf } from "./child-process.ts";

/** What asks a process to end. A terminal that closes says it with SIGHUP. */
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs a program in the foreground: with this process's input, output and environment. Signals are handed on to it, and this process waits.
 *
 * @returns its exit status, or as a shell gives it, 128 and the signal's number, where a signal ended it
 * @throws Error where it cannot be started
 */
export async function runInForeground(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit" });
  const handOn = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, handOn);
  try {
    const { code, signal } = await endOf(child);
    return signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  } finally {
    for (const signal of SIGNALS) process.off(signal, handOn);
  }
}
