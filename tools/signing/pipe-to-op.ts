/** `op` with a secret on its standard input. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { opEnvironment } from "../../handlers/start/op.ts";
import { endOf } from "../cli/child-process.ts";

/** The time for a call, in milliseconds. A person may have to approve it with a finger. */
const TIMEOUT_MS = 60_000;

/**
 * Node gives a child a socket as its standard input, and `op` reads a template from a pipe alone. `cat` stands between them. Nothing but the standard
 * input holds what is piped, neither an argument nor a variable nor a file.
 */
const PIPE = 'cat | op "$@"';

/**
 * Runs `op`. Its standard output is not read: it may show what was stored.
 *
 * @param input the standard input
 * @returns the reason of a refusal, or undefined
 */
export async function pipeToOp(args: readonly string[], input: string): Promise<string | undefined> {
  const child = spawn("/bin/sh", ["-c", PIPE, "sh", ...args], {
    env: await opEnvironment(process.env),
    stdio: ["pipe", "ignore", "pipe"],
    // A group of its own, so that its end takes all three programs.
    detached: true,
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    if (child.pid !== undefined) process.kill(-child.pid);
  }, TIMEOUT_MS);
  // An `op` that ends early closes its input; its exit status says so.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [{ code }, said] = await Promise.all([endOf(child), text(child.stderr)]).finally(() => clearTimeout(timer));
  if (code === 0) return undefined;
  if (isLate) return `it gave no answer within ${TIMEOUT_MS / 1000} s`;
  return said.trim().replace(/\s+/g, " ") || `exit code ${code}`;
}
