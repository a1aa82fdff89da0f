import { execFileSync } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { CREDENTIALS, TOKEN } from "../../handlers/testing/manifest.ts";
import { HandlerEnvironment } from "../../hub/config/environment.ts";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { buildRelease } from "../../infra/release/release.ts";
import { BIN_FOLDER, writeVault } from "../../loopback/vault.ts";
import { freePort } from "../../tools/cli/free-port.ts";
import { readStackConfig, stackFile } from "../../tools/stack/stack-config.ts";
import { makePm2Machine, type Pm2Machine } from "../support/machine/pm2-machine.ts";

/** The time for a few restarts and their pauses, in milliseconds. */
const PATIENCE_MS = 150_000;

/** PM2's folder of logs, in the machine's. */
const LOGS = "pm2/logs";

let machine: Pm2Machine;
let release: string;

beforeAll(async () => {
  machine = await makePm2Machine();
  const { hub, source } = await readStackConfig(stackFile("loopback"));
  const handler = {
    ...{ port: await freePort(), adminPort: await freePort(), process: "twilio" },
    ...{ releases: machine.releases, gateFile: join(machine.folder, "gate") },
  };
  const environment = {
    ...HandlerEnvironment.parse(hub.environment),
    SPOOL_FILE: join(machine.folder, "spool.sqlite"),
  };
  const config = parseConfig({ ...hub, environment, handler }, source);
  release = (await buildRelease(buildManifest(config), config)).folder;
  await writeVault(join(machine.folder, "vault.json"), {
    [config.twilio.accountSid]: CREDENTIALS.accountSid,
    [config.twilio.authToken]: TOKEN,
    "op://Aurora/supabase/database-url": "postgres://127.0.0.1:1/hub",
    "op://Aurora/openclaw/hook-token": "made-up",
    "op://Aurora/twilio-hub/outbound-token": "made-up-0123456789-0123456789-01",
    "op://Aurora/discord/ops-webhook": "http://127.0.0.1:1/api/webhooks/1/token",
    "op://Aurora/supabase/service-key": "made-up",
  });
});
afterEach(async () => {
  machine.pm2("delete", "twilio");
  // PM2 may give the next process another place in its list.
  const left = (await readdir(machine.folder)).filter((name) => /^(calls$|spool\.sqlite)/.test(name));
  for (const name of [...left, LOGS]) await rm(join(machine.folder, name), { recursive: true, force: true });
});
afterAll(async () => {
  await machine.close();
  await rm(release, { recursive: true });
});

/** Starts the release under PM2, with an `op` that records its calls. */
async function startWith(op: string): Promise<void> {
  const bin = join(machine.folder, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "op"), `#!/bin/sh\necho "$1" >>'${machine.folder}/calls'\n${op}\n`);
  await chmod(join(bin, "op"), 0o755);
  await mkdir(join(machine.folder, LOGS), { recursive: true });
  const PATH = [bin, machine.environment.PATH].join(delimiter);
  machine.pm2With(
    { PATH, LOOPBACK_OP_VAULT: join(machine.folder, "vault.json") },
    "start",
    join(release, "ecosystem.config.cjs"),
  );
}

async function calls(): Promise<readonly string[]> {
  const text = await readFile(join(machine.folder, "calls"), "utf8").catch(() => "");
  return text.split("\n").filter(Boolean);
}

/** Everything that the handler has written to its log. */
async function logged(): Promise<string> {
  const names = await readdir(join(machine.folder, LOGS)).catch(() => []);
  const texts = names
    .filter((name) => name.startsWith("twilio-out"))
    .map((name) => readFile(join(machine.folder, LOGS, name), "utf8").catch(() => ""));
  return (await Promise.all(texts)).join("");
}

/** The pauses that starts have logged, in seconds. */
async function waits(): Promise<readonly number[]> {
  const found = (await logged()).matchAll(/"seconds":(\d+),"starts":\d+,"msg":"the start waits/g);
  return [...found].map(([, seconds]) => Number(seconds));
}

async function startsThatListened(): Promise<number> {
  return (await logged()).match(/"msg":"listening"/g)?.length ?? 0;
}

test("at 1Password's rate limit, a process that PM2 restarts asks once, and waits for the end of the limit", async () => {
  await startWith(`echo "[ERROR] (429) Too Many Requests: Please retry in 58 minutes" >&2; exit 1`);
  await expect.poll(waits, { timeout: PATIENCE_MS }).toHaveLength(1);
  expect(await calls()).toEqual(["inject"]);
  const [seconds = 0] = await waits();
  expect(seconds).toBeGreaterThan(3_000);
});

test("a handler that cannot start pauses longer and longer", async () => {
  await startWith(`echo "[ERROR] item 'Aurora/twilio' does not have a field" >&2; exit 1`);
  await expect.poll(waits, { timeout: PATIENCE_MS }).toHaveLength(3);
  const pauses = await waits();
  expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  expect(new Set(pauses).size).toBe(3);
  expect((await calls()).filter((call) => call === "inject")).toHaveLength(3);
});

test("a handler that crashes while it serves pauses too, and a check that succeeds lets it go", async () => {
  await startWith(`exec '${join(BIN_FOLDER, "op")}' "$@"`);
  for (let crash = 1; crash <= 3; crash += 1) {
    await expect.poll(startsThatListened, { timeout: PATIENCE_MS }).toBe(crash);
    process.kill(machine.processes()[0]?.pid ?? 0, "SIGKILL");
  }
  await expect.poll(async () => (await waits()).at(-1) ?? 0, { timeout: PATIENCE_MS }).toBeGreaterThan(10);
  const PATH = [join(machine.folder, "bin"), machine.environment.PATH].join(delimiter);
  execFileSync(process.execPath, [join(release, "handler.mjs"), "check"], {
    env: { ...machine.environment, PATH, LOOPBACK_OP_VAULT: join(machine.folder, "vault.json") },
  });
  await expect.poll(startsThatListened, { timeout: PATIENCE_MS }).toBe(4);
});
