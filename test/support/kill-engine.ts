/** An `up` whose engine is killed in the middle of its work. */
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import type { CommandResult, LoopbackStack, RunOptions } from "../../tools/loopback-stack.ts";
import { outputOf } from "./engine.ts";

/**
 * Runs an `up`, sends its engine SIGKILL as soon as something is so, and breaks the stack's lock as the tool then says. What the engine had
 * started may go on for a while. It fails where the `up` came to its end before.
 *
 * @param isTime asked every few milliseconds
 */
export async function killUpWhen(
  stack: LoopbackStack,
  options: RunOptions,
  isTime: () => Promise<boolean>,
): Promise<void> {
  const ended = new AbortController();
  let killing: Promise<void> | undefined;
  const killed = await stack.pulumi(["up", "--yes", "--skip-preview"], {
    ...options,
    onStart: (tool) => {
      killing = killWhen(tool, isTime, ended.signal);
    },
  });
  ended.abort();
  await killing;
  expectKilled(killed);
  const cancelled = await stack.pulumi(["pulumi", "cancel", "--yes"]);
  expect(cancelled.code, outputOf(cancelled)).toBe(0);
}

function expectKilled(killed: CommandResult): void {
  expect(killed.code, outputOf(killed)).toBe(1);
  expect(outputOf(killed)).toContain("stopped by SIGKILL");
  expect(outputOf(killed)).toContain("npm run pulumi -- cancel --yes --stack");
}

async function killWhen(tool: number, isTime: () => Promise<boolean>, ended: AbortSignal): Promise<void> {
  while (!ended.aborted && !(await isTime())) await delay(5);
  if (!ended.aborted) process.kill(await engineOf(tool), "SIGKILL");
}

/** The process that a tool started to run the CLI: its child whose arguments begin with the CLI's path and `up`. */
export async function engineOf(tool: number): Promise<number> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const id of processes) {
    // A process may end while it is looked at.
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    const [, verb] = (await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (verb === "up" && status.includes(`\nPPid:\t${tool}\n`)) return Number(id);
  }
  throw new Error("the engine does not run");
}
