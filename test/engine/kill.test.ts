import { readdir, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { changesIn, outputOf, useLoopbackStack } from "../support/engine.ts";

const stack = useLoopbackStack();

/** The process that a tool started to run the CLI: its child whose arguments begin with the CLI's path and `up`. */
async function engineOf(tool: number): Promise<number> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  for (const id of processes) {
    // A process may end while it is looked at.
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    const [, verb] = (await readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")).split("\0");
    if (verb === "up" && status.includes(`\nPPid:\t${tool}\n`)) return Number(id);
  }
  throw new Error("the engine does not run");
}

/** Kills the engine as soon as it has changed something in the cloud, unless its run ends before. */
async function killAfterFirstChange(tool: number, ended: AbortSignal): Promise<void> {
  while (changesIn(stack()).length === 0 && !ended.aborted) await delay(5);
  if (!ended.aborted) process.kill(await engineOf(tool), "SIGKILL");
}

test("after a kill -9 in the middle of an up the tool says how to go on, and the next up ends as declared", async () => {
  const ended = new AbortController();
  let killing: Promise<void> | undefined;
  const killed = await stack().pulumi(["up", "--yes", "--skip-preview"], {
    onStart: (tool) => {
      killing = killAfterFirstChange(tool, ended.signal);
    },
  });
  ended.abort();
  await killing;
  expect(killed.code, outputOf(killed)).toBe(1);
  expect(outputOf(killed)).toContain("stopped by SIGKILL");
  expect(outputOf(killed)).toContain("npm run pulumi -- cancel --yes --stack");

  const cancelled = await stack().pulumi(["pulumi", "cancel", "--yes"]);
  expect(cancelled.code, outputOf(cancelled)).toBe(0);
  const next = await stack().pulumi(["up", "--yes"]);
  expect(next.code, outputOf(next)).toBe(0);
  expect((await stack().pulumi(["preview", "--expect-no-changes"])).code).toBe(0);
  const { numbers, released } = stack().cloud.twilio.state;
  expect(released).toEqual([]);
  for (const { status_callback } of numbers.values()) {
    expect(status_callback).toBe("https://webhook.reri.co/voice/status");
  }
});
