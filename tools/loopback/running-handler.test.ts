import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type RunningHandler, startHandler } from "./running-handler.ts";

let release: string;
const handlers: RunningHandler[] = [];
beforeEach(async () => {
  release = await mkdtemp(join(tmpdir(), "release-"));
});
afterEach(async () => {
  for (const running of handlers.splice(0)) running.kill();
  await rm(release, { recursive: true });
});

const listens = (fields: object) =>
  JSON.stringify({ level: "info", msg: "listening", port: 1, manifest: "m", ...fields });

async function handler(program: string): Promise<void> {
  await writeFile(join(release, "handler.mjs"), program);
}

async function start(environment: Readonly<Record<string, string>> = {}): Promise<RunningHandler> {
  const running = await startHandler(release, environment);
  handlers.push(running);
  return running;
}

test("finds the line with the handler's port, whatever comes before it", async () => {
  const lines = [
    "no JSON",
    "3",
    "null",
    '{"level":"warn","msg":"odd"}',
    listens({ port: "none" }),
    listens({ adminPort: 2 }),
  ];
  await handler(`console.log(${JSON.stringify(lines.join("\n"))}); setInterval(() => {}, 1000);`);
  const running = await start();
  expect(running).toMatchObject({ port: 1, adminPort: 2, manifest: "m" });
});

test("keeps reading, so that a handler with much output is not blocked", async () => {
  const done = join(release, "done");
  await handler(`import { writeFileSync } from "node:fs";
process.on("SIGTERM", () => {
  process.stdout.write("x".repeat(1_000_000), () => {
    process.stderr.write("x".repeat(1_000_000), () => {
      writeFileSync(${JSON.stringify(done)}, "");
      process.exit();
    });
  });
});
console.log(${JSON.stringify(listens({}))});
setInterval(() => {}, 1000);`);
  const running = await start();
  await running.close();
  await running.close();
  // This fails if the file does not exist.
  await rm(done);
});

test("reports the whole standard error of a handler that does not start", async () => {
  await handler(
    `console.log("{}"); process.stdout.end(); setTimeout(() => { console.error("first"); console.error("second"); }, 20);`,
  );
  await expect(startHandler(release, {})).rejects.toThrow("first; second");
});

test("reports a handler that ended without a word", async () => {
  await handler("");
  await expect(startHandler(release, {})).rejects.toThrow("the handler ended before it listened");
});

test("passes the environment to the handler", async () => {
  await handler(
    `console.log(JSON.stringify({ msg: "listening", port: 1, manifest: process.env.TEST_WORD })); setInterval(() => {}, 1000);`,
  );
  expect((await start({ TEST_WORD: "a word" })).manifest).toBe("a word");
});
