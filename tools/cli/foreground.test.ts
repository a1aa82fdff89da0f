import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { endOf } from "./child-process.ts";
import { runInForeground } from "./foreground.ts";

const MODULE = pathToFileURL(join(import.meta.dirname, "foreground.ts")).href;

/** Starts a process that runs a program in the foreground and then prints the program's status. */
function start(program: string) {
  const outer = `import { runInForeground } from ${JSON.stringify(MODULE)};
const status = await runInForeground(process.execPath, ["--eval", ${JSON.stringify(program)}]);
console.log("status", status);`;
  return spawn(process.execPath, ["--input-type=module", "--eval", outer], { stdio: ["pipe", "pipe", "inherit"] });
}

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("passes %s on and waits for the program", async (signal) => {
  const child = start(`process.once("${signal}", () => { console.log("got ${signal}"); process.exit(7); });
setInterval(() => {}, 1000); console.log("ready");`);
  const [ready] = await once(child.stdout, "data");
  expect(String(ready)).toBe("ready\n");
  child.kill(signal);
  const [end, printed] = await Promise.all([endOf(child), text(child.stdout)]);
  expect(end).toEqual({ code: 0, signal: null });
  expect(printed).toBe(`got ${signal}\nstatus 7\n`);
});

test("the program has this process's input, output and environment", async () => {
  const child = start(`process.stdin.pipe(process.stdout);`);
  child.stdin.end("what was typed\n");
  expect(await text(child.stdout)).toBe("what was typed\nstatus 0\n");
});

test("returns 128 plus the signal's number if a signal ended the program", async () => {
  expect(await runInForeground(process.execPath, ["--eval", 'process.kill(process.pid, "SIGKILL")'])).toBe(137);
});

test("leaves no listener behind, and fails if the program does not exist", async () => {
  const before = process.listenerCount("SIGTERM");
  expect(await runInForeground(process.execPath, ["--eval", "process.exit(3)"])).toBe(3);
  await expect(runInForeground("/nowhere/program", [])).rejects.toMatchObject({ code: "ENOENT" });
  expect(process.listenerCount("SIGTERM")).toBe(before);
});
