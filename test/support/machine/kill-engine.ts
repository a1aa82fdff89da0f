/** Kills the engine of an `up` in the middle of its work. */
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "vitest";
import { stateFiles } from "../../../tools/loopback/secrets.ts";
import type { CommandResult, LoopbackStack, RunOptions } from "../../../tools/loopback/stack.ts";
import { outputOf } from "../engine.ts";

/** The longest time that a script takes, in milliseconds. A restart that rolls back takes about a minute. */
const PATIENCE_MS = 120_000;

/**
 * Runs an `up`, sends its engine SIGKILL as soon as a condition holds, and removes the stack's lock with the command that the tool prints.
 * Ends the engine's real plugins once their scripts have ended. Other scripts of the engine may go on for a while. Fails if the `up` ends
 * before the condition holds.
 *
 * @param isTime the condition; called every few milliseconds
 */
export async function killUpWhen(
  stack: LoopbackStack,
  options: RunOptions,
  isTime: () => Promise<boolean>,
): Promise<void> {
  const ended = new AbortController();
  let killing: Promise<readonly number[]> | undefined;
  const killed = await stack.pulumi(["up", "--yes", "--skip-preview"], {
    ...options,
    onStart: (tool) => {
      killing = killWhen(stack, tool, isTime, ended.signal);
    },
  });
  ended.abort();
  const plugins = (await killing) ?? [];
  expectKilled(killed);
  const cancelled = await stack.pulumi(["pulumi", "cancel", "--yes"]);
  expect(cancelled.code, outputOf(cancelled)).toBe(0);
  await Promise.all(plugins.map(endIdle));
}

function expectKilled(killed: CommandResult): void {
  expect(killed.code, outputOf(killed)).toBe(1);
  expect(outputOf(killed)).toContain("stopped by SIGKILL");
  expect(outputOf(killed)).toContain("npm run pulumi -- cancel --yes --stack");
}

/** Kills the engine, and returns the plugins that it leaves behind. */
async function killWhen(
  stack: LoopbackStack,
  tool: number,
  isTime: () => Promise<boolean>,
  ended: AbortSignal,
): Promise<readonly number[]> {
  while (!ended.aborted && !(await isTime())) await delay(5);
  if (ended.aborted) return [];
  const engine = await engineOf(tool);
  if (engine === undefined) throw new Error("the engine does not run");
  // The policy pack would wait for its engine forever.
  const children = await childrenOf(engine);
  const packs = children.filter(({ words }) => words.some((word) => POLICY_PACK.test(word)));
  await stopWithWholeState(stack, engine);
  process.kill(engine, "SIGKILL");
  for (const { id } of packs) process.kill(id, "SIGTERM");
  return children.filter(({ words: [program = ""] }) => PLUGIN.test(program)).map(({ id }) => id);
}

/**
 * Stops an engine at a moment at which its state's files are whole. The CLI's file backend does not replace a file in one step, so a kill in between
 * leaves an empty one, and its backup has to be put back by hand.
 */
async function stopWithWholeState(stack: LoopbackStack, engine: number): Promise<void> {
  for (;;) {
    process.kill(engine, "SIGSTOP");
    const states = await stateFiles(stack).catch(() => [""]);
    if (states.every(isJson)) return;
    process.kill(engine, "SIGCONT");
    await delay(1);
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const POLICY_PACK = /\/run-policy-pack\//;
const PLUGIN = /\/pulumi-(resource|language)-[\w-]+$/;

/**
 * Ends a real plugin without an engine, and the provider that it bridges, once the plugin's script has ended. They would wait for the engine
 * forever.
 */
async function endIdle(plugin: number): Promise<void> {
  for (let left = PATIENCE_MS; left > 0 && (await runsScript(plugin)); left -= 100) await delay(100);
  for (const id of [...(await childrenOf(plugin)).map((child) => child.id), plugin]) {
    try {
      process.kill(id, "SIGTERM");
    } catch {
      // It has already ended.
    }
  }
}

async function runsScript(plugin: number): Promise<boolean> {
  return (await childrenOf(plugin)).some(({ words: [program] }) => program === "/bin/sh");
}

/** The CLI process that a tool started: the child whose arguments begin with the CLI's path and `up`. Undefined if it does not run. */
export async function engineOf(tool: number): Promise<number | undefined> {
  return (await childrenOf(tool)).find(({ words }) => words[1] === "up")?.id;
}

async function childrenOf(parent: number): Promise<{ readonly id: number; readonly words: readonly string[] }[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const children = ids.map(async (id) => {
    // A process may end while its files are read.
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    if (!status.includes(`\nPPid:\t${parent}\n`)) return [];
    const words = (await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")).split("\0");
    return [{ id: Number(id), words }];
  });
  return (await Promise.all(children)).flat();
}
