import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { endOf } from "./child-process.ts";

const MODULE = pathToFileURL(join(import.meta.dirname, "interrupts.ts")).href;

/** Runs a command in its own process, and waits until it has printed its first line, "ready". */
async function startCommand(command: string) {
  const program = `import { endingAllStarted } from ${JSON.stringify(MODULE)};
import { setTimeout as sleep } from "node:timers/promises";
process.exitCode = await endingAllStarted(async ({ own, interrupt, interrupted }) => { ${command} });`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const errors = text(child.stderr);
  const printed: string[] = [];
  const lines = createInterface({ input: child.stdout }).on("line", (line) => printed.push(line));
  await once(lines, "line");
  return { child, outcome: async () => ({ ...(await endOf(child)), stderr: await errors, printed: printed.slice(1) }) };
}

const OWN_TWO = `own(async () => { await sleep(200); console.log("first ended"); });
own(async () => { await sleep(200); console.log("second ended"); });`;

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends everything, the last one first", async (signal) => {
  const { child, outcome } = await startCommand(`${OWN_TWO} console.log("ready"); await interrupted; return 0;`);
  child.kill(signal);
  expect(await outcome()).toEqual({ code: 0, signal: null, stderr: "", printed: ["second ended", "first ended"] });
});

test("a second interrupt changes nothing", async () => {
  const { child, outcome } = await startCommand(`${OWN_TWO} console.log("ready"); await interrupted; return 0;`);
  for (let count = 0; count < 3; count += 1) child.kill("SIGINT");
  expect(await outcome()).toMatchObject({ code: 0, printed: ["second ended", "first ended"] });
});

test("something that was still starting at the interrupt is ended too, and the command goes no further", async () => {
  const { child, outcome } = await startCommand(`${OWN_TWO} console.log("ready"); await interrupted;
own(async () => console.log("third ended")); console.log("went on"); return 0;`);
  child.kill("SIGTERM");
  const { code, printed } = await outcome();
  expect(code).toBe(143);
  expect(printed.sort()).toEqual(["first ended", "second ended", "third ended"]);
});

test("everything is ended after a command fails or finishes, even if one end fails", async () => {
  const failing = await startCommand(
    `own(async () => console.log("ended")); console.log("ready"); throw new Error("broken");`,
  );
  expect(await failing.outcome()).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("broken"),
    printed: ["ended"],
  });
  const done =
    await startCommand(`own(async () => console.log("ended")); own(async () => { throw new Error("stuck"); });
console.log("ready"); return 3;`);
  expect(await done.outcome()).toEqual({
    code: 3,
    signal: null,
    stderr: "error: not everything could be ended: Error: stuck\n",
    printed: ["ended"],
  });
});
