import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { endOf } from "../../tools/cli/child-process.ts";

const LOG = join(import.meta.dirname, "log.ts");
const Line = z.record(z.string(), z.unknown());
const entry = { level: "info", time: expect.any(String) };
const errorEntry = { level: "error", time: expect.any(String) };

const folder = mkdtempSync(join(tmpdir(), "log-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a program that imports the log as `log`. */
function start(program: string, log = pathToFileURL(LOG).href) {
  const script = `import * as log from ${JSON.stringify(log)};\n${program}`;
  return spawn(process.execPath, ["--input-type=module", "--eval", script], { stdio: "pipe" });
}

/** Runs such a program to its end, and returns its lines. */
async function run(program: string, log?: string) {
  const child = start(program, log);
  const [{ code, signal }, out, err] = await Promise.all([endOf(child), text(child.stdout), text(child.stderr)]);
  return { code, signal, out: lines(out), err: lines(err) };
}

function lines(printed: string): z.infer<typeof Line>[] {
  return printed
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => Line.parse(JSON.parse(line)));
}

describe("an entry", () => {
  it("is a line with its level, an ISO time, its message and its fields", async () => {
    const { code, out, err } =
      await run(`log.logInfo("100 %s %% \\n", { event: "inbound-call", status: 200, none: undefined });
log.logWarning("odd", { late: true });`);
    expect({ code, err }).toEqual({ code: 0, err: [] });
    expect(out).toEqual([
      { ...entry, msg: "100 %s %% \n", event: "inbound-call", status: 200 },
      { ...entry, level: "warn", msg: "odd", late: true },
    ]);
    for (const { time } of out) expect(new Date(String(time)).toISOString()).toBe(time);
  });

  it("is left out below the level", async () => {
    const { out, err } = await run(`log.setLogLevel("warn"); log.logInfo("a"); log.logWarning("b");
log.setLogLevel("error"); log.logWarning("c"); log.logError("d", 1); log.setLogLevel("info"); log.logInfo("e");`);
    expect(out.map(({ msg }) => msg)).toEqual(["b", "e"]);
    expect(err.map(({ msg }) => msg)).toEqual(["d"]);
  });
});

describe("an error", () => {
  it("is logged with its name, code and frames, without its message", async () => {
    const { out, err } = await run(`function here() {
  return Object.assign(new RangeError("hidden\\n    at hidden (/hidden:1:1)\\nhidden"), { code: "57P01", detail: "hidden" });
}
log.logError("the write failed", here(), { event: "inbound-text" });`);
    expect(out).toEqual([]);
    expect(err).toEqual([
      {
        ...errorEntry,
        msg: "the write failed",
        event: "inbound-text",
        error: "RangeError",
        code: "57P01",
        at: expect.arrayContaining([expect.stringMatching(/^at here \(.*:\d+:\d+\)$/)]),
      },
    ]);
    expect(JSON.stringify(err)).not.toContain("hidden");
  });

  it("has the code of its nearest cause if it has none, and never a code that could be a text", async () => {
    const { err } = await run(`const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
log.logError("a", new Error("b", { cause: new TypeError("c", { cause }) }));
log.logError("d", Object.assign(new Error("e"), { code: "what a caller wrote" }));
const own = new Error("f"); own.cause = own;
log.logError("g", own);`);
    expect(err.map(({ code }) => code)).toEqual(["ECONNREFUSED", undefined, undefined]);
  });

  it.each(['"hidden"', "null", "undefined", '{ message: "hidden" }'])("may be %s", async (thrown) => {
    const { err } = await run(`log.logError("odd", ${thrown});`);
    expect(err).toEqual([
      { ...errorEntry, msg: "odd", error: expect.stringMatching(/^(string|object|undefined)$/), at: [] },
    ]);
  });
});

describe("nothing is lost", () => {
  it.each([
    ["at the end of the program", 20_000, "", 0],
    ["at an exit after a flush", 20_000, "await log.flushLog(); process.exit(3);", 3],
    ["at an exit", 100, "process.exit(4);", 4],
    [
      "at the end after a signal",
      100,
      `process.once("SIGTERM", () => clearInterval(timer));
const timer = setInterval(() => {}, 1000); process.kill(process.pid, "SIGTERM");`,
      0,
    ],
  ])("%s", async (_when, count, end, code) => {
    const result = await run(`for (let i = 0; i < ${count}; i++) log.logInfo("entry", { i });\n${end}`);
    expect(result.code).toBe(code);
    expect(result.out.map(({ i }) => i)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  it("if the program ends with an uncaught error", async () => {
    const child = start(`log.logInfo("before"); setTimeout(() => { throw new Error("uncaught"); });`);
    const [end, out] = await Promise.all([endOf(child), text(child.stdout)]);
    expect(end.code).not.toBe(0);
    expect(lines(out)).toEqual([{ ...entry, msg: "before" }]);
  });

  it("after an error, even if the process is killed", async () => {
    const { signal, out, err } = await run(`log.logInfo("before"); log.logError("the error", new Error("a"));
process.kill(process.pid, "SIGKILL");`);
    expect(signal).toBe("SIGKILL");
    expect(out.map(({ msg }) => msg)).toEqual(["before"]);
    expect(err.map(({ msg }) => msg)).toEqual(["the error"]);
  });

  it("after a flush, even if the process is killed", async () => {
    const { signal, out } = await run(`log.logInfo("before"); log.flushLog(); process.kill(process.pid, "SIGKILL");`);
    expect(signal).toBe("SIGKILL");
    expect(out.map(({ msg }) => msg)).toEqual(["before"]);
  });

  it("while the program continues", async () => {
    const child = start(`log.logInfo("first"); setInterval(() => {}, 1000);`);
    const [data] = await once(child.stdout, "data");
    expect(lines(String(data))).toEqual([{ ...entry, msg: "first" }]);
    child.kill("SIGKILL");
    await endOf(child);
  });
});

it("goes through process.stdout, which PM2 replaces, even at the end and asynchronously", async () => {
  const file = join(folder, "pm2.log");
  const { out } = await run(`import { createWriteStream, readFileSync } from "node:fs";
const file = createWriteStream(${JSON.stringify(file)});
const { write } = process.stdout;
process.stdout.write = (text, encoding, done) => file.write(text, "utf8", done);
log.logInfo("first"); await log.flushLog(); log.logInfo("second");
process.on("exit", () => write.call(process.stdout, readFileSync(${JSON.stringify(file)}, "utf8")));`);
  expect(out.map(({ msg }) => msg)).toEqual(["first", "second"]);
});

it("drops the lines that a stuck reader does not take, and reports their number when it reads again", async () => {
  const child = start(`for (let i = 0; i < 80_000; i++) log.logInfo("entry", { i });
console.error("written");
await log.flushLog();
log.logInfo("the last");`);
  await once(child.stderr, "data");
  const out = lines(await text(child.stdout));
  const kept = out.filter(({ msg }) => msg === "entry");
  expect(kept.map(({ i }) => i)).toEqual(kept.map((_, i) => i));
  expect(out.slice(kept.length)).toEqual([
    { ...entry, msg: "the last" },
    { ...entry, level: "warn", msg: "lines were dropped: nobody read the log", lines: 80_000 - kept.length },
  ]);
});

it("continues if nobody reads it", async () => {
  const child = start(`process.stdin.resume().on("end", () => {
  for (let i = 0; i < 3; i++) { log.logInfo("lost"); log.flushLog(); }
  setTimeout(() => process.exit(5), 10);
});`);
  child.stdout.destroy();
  child.stdin.end();
  expect((await endOf(child)).code).toBe(5);
});

it("runs from one bundled file, like the release", async () => {
  const bundle = join(folder, "log.mjs");
  await build({
    entryPoints: [LOG],
    outfile: bundle,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    target: "node24",
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: "silent",
  });
  const { code, out, err } = await run(
    `log.logInfo("bundled"); log.logError("too", new Error("a"));`,
    pathToFileURL(bundle).href,
  );
  expect({ code, out, err }).toEqual({
    code: 0,
    out: [{ ...entry, msg: "bundled" }],
    err: [expect.objectContaining({ ...errorEntry, msg: "too", error: "Error" })],
  });
});
