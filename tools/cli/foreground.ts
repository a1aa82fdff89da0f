import { spawn } from "node:child_process";
import { endOf } from "./child-process.ts";
import { onInterrupt, statusOfSignal } from "./interrupts.ts";

/**
 * Runs a program in the foreground, with the input, output and environment of this process. Signals are passed on to the program, and this process
 * waits for its end.
 *
 * @param environment further variables for the program
 * @returns its exit status; if a signal ended it, 128 plus the signal's number, as in a shell
 * @throws Error if it cannot be started
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
