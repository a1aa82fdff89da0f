/** A built release on its own: the server with the environment file next to it, and the commands. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { CREDENTIALS, TOKEN } from "../../handlers/testing/manifest.ts";
import { HandlerEnvironment } from "../../hub/config/environment.ts";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { buildRelease } from "../../infra/release/release.ts";
import { type Discord, startDiscord } from "../../loopback/discord.ts";
import { BIN_FOLDER, writeVault } from "../../loopback/vault.ts";
import { freePort } from "../../tools/cli/free-port.ts";
import { readStackConfig, stackFile } from "../../tools/stack/stack-config.ts";
import { type HostsProxy, startHostsProxy } from "../support/handler/hosts-proxy.ts";

const ACCOUNT_TOKEN = "ops_made-up-token";

let folder = "";
let release = "";
let url = "";
let discord: Discord;
let proxy: HostsProxy;
/** The only variables of each process: the paths of `op` and its vault, and the proxy to the hosts. */
let variables: Readonly<Record<string, string>>;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "release-"));
  const { hub, source } = await readStackConfig(stackFile("loopback"));
  const [port, adminPort] = [await freePort(), await freePort()];
  const environment = {
    ...HandlerEnvironment.parse(hub.environment),
    SPOOL_FILE: join(folder, "spool.sqlite"),
    OP_SERVICE_ACCOUNT_TOKEN_FILE: join(folder, "token"),
  };
  const handler = { port, adminPort, process: "twilio", releases: folder, gateFile: join(folder, "gate") };
  const config = parseConfig({ ...hub, environment, handler }, source);
  const manifest = buildManifest(config);
  discord = await startDiscord({ id: "1", token: "token" });
  proxy = await startHostsProxy([new URL(manifest.hosts.canonical.url).hostname], port);
  url = `${manifest.hosts.canonical.url}/voice/status`;
  release = (await buildRelease(manifest, config)).folder;
  await writeFile(join(folder, "ca.pem"), proxy.ca);
  await writeFile(join(folder, "token"), `${ACCOUNT_TOKEN}\n`, { mode: 0o600 });
  await writeVault(join(folder, "vault.json"), {
    LOOPBACK_OP_SERVICE_ACCOUNT: ACCOUNT_TOKEN,
    [config.twilio.accountSid]: CREDENTIALS.accountSid,
    [config.twilio.authToken]: TOKEN,
    // No database answers there, so webhooks go to the spool.
    "op://Aurora/supabase/database-url": "postgres://127.0.0.1:1/hub",
    "op://Aurora/openclaw/hook-token": "made-up",
    "op://Aurora/twilio-hub/outbound-token": "made-up-0123456789-0123456789-01",
    "op://Aurora/discord/ops-webhook": discord.webhookUrl,
    "op://Aurora/supabase/service-key": "made-up",
  });
  variables = {
    PATH: [BIN_FOLDER, process.env.PATH ?? ""].join(delimiter),
    LOOPBACK_OP_VAULT: join(folder, "vault.json"),
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: proxy.url,
    NO_PROXY: "127.0.0.1",
    NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
  };
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  await Promise.all([discord.close(), proxy.close()]);
  await rm(release, { recursive: true });
  await rm(folder, { recursive: true });
});

function start(args: readonly string[], changes: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(release, "handler.mjs"), ...args], {
    env: { ...variables, ...changes },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
}

async function outcome(child: ReturnType<typeof start>) {
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

test("it serves with the environment file next to it, and a probe through the registered URL recognises it", async () => {
  const running = start([]);
  const [line] = await once(running.stdout, "data");
  expect(JSON.parse(String(line))).toMatchObject({ msg: "listening", release: basename(release) });
  const stdout = `${url}: release ${basename(release)} answers\n`;
  // A variable from another release in the shell has no effect.
  expect(await outcome(start(["probe"], { HUB_RELEASE: "6f".repeat(32) }))).toEqual({ code: 0, stdout, stderr: "" });
  running.kill("SIGTERM");
  expect(await outcome(running)).toMatchObject({ code: 0 });
});

test("check says whether it can start: it calls op once, and its ports may be in use", async () => {
  const running = start([]);
  await once(running.stdout, "data");
  const bin = join(folder, "counting");
  await mkdir(bin);
  await writeFile(join(bin, "op"), `#!/bin/sh\necho "$1" >>'${folder}/calls'\nexec '${join(BIN_FOLDER, "op")}' "$@"\n`);
  await chmod(join(bin, "op"), 0o755);
  const PATH = [bin, variables.PATH].join(delimiter);
  const stdout = expect.stringContaining(`release ${basename(release)} can start`);
  expect(await outcome(start(["check"], { PATH }))).toEqual({ code: 0, stdout, stderr: "" });
  expect(await readFile(join(folder, "calls"), "utf8")).toBe("inject\n");
});

test("alert sends an alert", async () => {
  const sent = { code: 0, stdout: "the alert was sent\n", stderr: "" };
  expect(await outcome(start(["alert", "the restart failed"]))).toEqual(sent);
  expect(discord.state.messages.map(({ content }) => content)).toEqual(["the restart failed"]);
});

test.each([
  [["alert"], {}, 2, "expected check, probe, retry-refused or alert TEXT, or no argument to serve"],
  [["alert", " "], {}, 2, "alert: expected a TEXT to send"],
  [["prob"], {}, 2, "expected check, probe, retry-refused or alert TEXT, or no argument to serve"],
  [["alert", "text"], { DISCORD_OPS_WEBHOOK: "" }, 1, "DISCORD_OPS_WEBHOOK: missing; expected an https URL"],
  [
    ["alert", "text"],
    { LOOPBACK_OP_VAULT: "" },
    1,
    "DISCORD_OPS_WEBHOOK: op://Aurora/discord/ops-webhook: op read failed",
  ],
  [["check"], { OUTBOUND_TOKEN: "op://Aurora/none/none" }, 1, "OUTBOUND_TOKEN: op://Aurora/none/none: op read failed"],
  [["check"], { DATABASE_URL: "" }, 1, "DATABASE_URL: missing"],
  [["check", "it"], {}, 2, "expected check, probe, retry-refused or alert TEXT, or no argument to serve"],
  [["probe"], { OP_SERVICE_ACCOUNT_TOKEN_FILE: "/nowhere" }, 1, "/nowhere: cannot be opened"],
])("%j with %j: the error is one line", async (args, changes, code, problem) => {
  const result = await outcome(start(args, Object.fromEntries(Object.entries(changes))));
  expect(result).toMatchObject({ code, stdout: "" });
  expect(result.stderr).toMatch(/^twilio handler: .*\n$/);
  expect(result.stderr).toContain(problem);
});
