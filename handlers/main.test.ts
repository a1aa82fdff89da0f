import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { manifestDigest } from "../hub/digest.ts";
import type { Manifest } from "../hub/manifest.ts";
import { freePort } from "../tools/free-port.ts";
import { sendToServer } from "./test-hosts.ts";
import { CREDENTIALS, formWebhook, testManifest } from "./test-manifest.ts";

/** twilio's library is CommonJS and requires Node's own modules. */
const BANNER = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

let folder: string;
let bundle: string;
let manifest: Manifest;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "handler-"));
  bundle = join(folder, "main.mjs");
  manifest = testManifest({ handler: { port: await freePort(), process: "twilio", releases: folder } });
  writeOp(
    folder,
    `case "$3" in */account-sid) printf ${CREDENTIALS.accountSid};; *) printf ${CREDENTIALS.authTokens[0]};; esac`,
  );
  await build({
    entryPoints: [join(import.meta.dirname, "main.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    banner: { js: BANNER },
    define: { HUB_MANIFEST: JSON.stringify(manifest) },
  });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("the bundle", () => {
  it("starts, says so in one line, answers, and stops on a signal", async () => {
    const { port } = manifest.handler;
    const child = start([bundle], folder);
    const [line] = await once(child.stdout ?? child, "data");
    expect(JSON.parse(String(line))).toEqual({
      level: "info",
      msg: "listening",
      port,
      manifest: manifestDigest(manifest),
    });
    const call = formWebhook(`${manifest.hosts.canonical.url}/voice/webhook`);
    expect((await sendToServer(port)(call)).status).toBe(200);

    const second = start([bundle], folder);
    expect(await outcome(second)).toEqual({
      code: 1,
      stderr: `twilio handler not started: cannot listen on 127.0.0.1:${port} (hub:handler.port): the port is in use\n`,
    });
    child.kill("SIGTERM");
    expect(await outcome(child)).toEqual({ code: 0, stderr: "" });
  });

  it("starts under PM2, which imports it", async () => {
    const container = join(folder, "container.mjs");
    writeFileSync(container, `await import(${JSON.stringify(pathToFileURL(bundle))});`);
    const child = start([container], folder, { pm_exec_path: bundle });
    const [line] = await once(child.stdout ?? child, "data");
    expect(String(line)).toContain("listening");
    child.kill("SIGINT");
    expect(await outcome(child)).toEqual({ code: 0, stderr: "" });
  });

  it("only exports the Lambda handler where it is imported", async () => {
    const importer = join(folder, "importer.mjs");
    writeFileSync(importer, `console.error(typeof (await import(${JSON.stringify(pathToFileURL(bundle))})).handler);`);
    expect(await outcome(start([importer], folder))).toEqual({ code: 0, stderr: "function\n" });
  });

  it("says in one line why it does not start without a secret, and exits with 1", async () => {
    const locked = mkdtempSync(join(folder, "locked-"));
    writeOp(locked, "printf 'first\\nsecond\\n' >&2; exit 1");
    const { code, stderr } = await outcome(start([bundle], locked));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^twilio handler not started: op:\/\/Aurora\/twilio\/[a-z-]+: op read failed: first second\n$/,
    );
  });
});

function start(args: readonly string[], op: string, env: Readonly<Record<string, string>> = {}): ChildProcess {
  const PATH = `${op}${delimiter}${process.env.PATH}`;
  const child = spawn(process.execPath, args, { env: { ...env, PATH }, stdio: ["ignore", "pipe", "pipe"] });
  children.push(child);
  return child;
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  const [stderr] = await Promise.all([child.stderr === null ? "" : text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stderr };
}

/** Puts a stand-in called `op` into a folder. */
function writeOp(path: string, script: string): void {
  writeFileSync(join(path, "op"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(path, "op"), 0o755);
}
