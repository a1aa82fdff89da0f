import { spawn } from "node:child_process";
import { endOf } from "./child-process.ts";
import { onInterrupt, statusOfSignal } from "./interrupts.ts";

/**
 * Runs a program in the foreground: with this process's input, output and environment, and further variables. Signals are handed on to it, and this process waits.
 *
 * @returns its exit status, or as a shell gives it, 128 and the signal's number, where a signal ended it
 * @throws Error where it cannot be started
 */
export async function runInForeground(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<number> {
  const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, ...environment } });
  const stop = onInterrupt((signal) => void child.kill(signal));
  try {
    const { code, signal } = await endOf(child);
    return signal === null ? (code ?? 1) : statusOfSignal(signal);
  } finally {
    stop();
  }
}
