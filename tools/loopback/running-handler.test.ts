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

test("takes the line that says where the handler listens, whatever comes before it", async () => {
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

test("goes on reading, so that a handler that logs much does not wait for a reader", async () => {
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
  // Removing it fails where it is not there.
  await rm(done);
});

test("gives the words of a handler that does not start, all of them", async () => {
  await handler(
    `console.log("{}"); process.stdout.end(); setTimeout(() => { console.error("first"); console.error("second"); }, 20);`,
  );
  await expect(startHandler(release, {})).rejects.toThrow("first; second");
});

test("says so where it gave none", async () => {
  await handler("");
  await expect(startHandler(release, {})).rejects.toThrow("the handler ended before it listened");
});

test("hands its environment to the handler", async () => {
  await handler(
    `console.log(JSON.stringify({ msg: "listening", port: 1, manifest: process.env.TEST_WORD })); setInterval(() => {}, 1000);`,
  );
  expect((await start({ TEST_WORD: "a word" })).manifest).toBe("a word");
});
