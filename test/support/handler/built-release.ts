/** A built release on its own, with a vault, Discord and a proxy to its registered host. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { CREDENTIALS, TOKEN } from "../../../handlers/testing/manifest.ts";
import { HandlerEnvironment } from "../../../hub/config/environment.ts";
import { parseConfig } from "../../../hub/config/parse.ts";
import { buildManifest } from "../../../hub/manifest.ts";
import { buildRelease } from "../../../infra/release/release.ts";
import { type Discord, startDiscord } from "../../../loopback/discord.ts";
import { BIN_FOLDER, writeVault } from "../../../loopback/vault.ts";
import { freePort } from "../../../tools/cli/free-port.ts";
import { readStackConfig, stackFile } from "../../../tools/stack/stack-config.ts";
import type { SiteOptions } from "./handler-process.ts";
import { startHostsProxy } from "./hosts-proxy.ts";

const ACCOUNT_TOKEN = "ops_made-up-token";

/** The process of a release, with its outputs as pipes. */
export type ReleaseProcess = ChildProcess & { readonly stdout: Readable; readonly stderr: Readable };

/** A built release, and the processes that run it. */
export interface BuiltRelease {
  /** The release's own folder. */
  readonly release: string;
  /** A folder for the test's files. */
  readonly folder: string;
  /** The registered URL that a probe asks. */
  readonly url: string;
  readonly discord: Discord;
  /** The only variables of each process: the paths of `op` and its vault, and the proxy to the hosts. */
  readonly variables: Readonly<Record<string, string>>;
  /** Runs the bundle. */
  start(args: readonly string[], changes?: Readonly<Record<string, string>>): ReleaseProcess;
  /** Ends every process that was started. */
  stopAll(): void;
  close(): Promise<void>;
}

/** Builds a release of the loopback stack, with some keys of the config and values of the vault replaced. */
export async function makeBuiltRelease({
  config: replaced = {},
  vault = {},
}: Omit<SiteOptions, "handlers"> = {}): Promise<BuiltRelease> {
  const folder = await mkdtemp(join(tmpdir(), "release-"));
  const { hub, source } = await readStackConfig(stackFile("loopback"));
  const [port, adminPort] = [await freePort(), await freePort()];
  const environment = {
    ...HandlerEnvironment.parse(hub.environment),
    SPOOL_FILE: join(folder, "spool.sqlite"),
    OP_SERVICE_ACCOUNT_TOKEN_FILE: join(folder, "token"),
  };
  const handler = { port, adminPort, process: "twilio", releases: folder, gateFile: join(folder, "gate") };
  const config = parseConfig({ ...hub, environment, handler, ...replaced }, source);
  const manifest = buildManifest(config);
  const discord = await startDiscord({ id: "1", token: "token" });
  const proxy = await startHostsProxy([new URL(manifest.hosts.canonical.url).hostname], port);
  const release = (await buildRelease(manifest, config)).folder;
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
    ...vault,
  });
  const variables = {
    PATH: [BIN_FOLDER, process.env.PATH ?? ""].join(delimiter),
    LOOPBACK_OP_VAULT: join(folder, "vault.json"),
    NODE_USE_ENV_PROXY: "1",
    HTTPS_PROXY: proxy.url,
    NO_PROXY: "127.0.0.1",
    NODE_EXTRA_CA_CERTS: join(folder, "ca.pem"),
  };
  const children: ChildProcess[] = [];
  const start = (args: readonly string[], changes: Readonly<Record<string, string>> = {}) => {
    const child = spawn(process.execPath, [join(release, "handler.mjs"), ...args], {
      env: { ...variables, ...changes },
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.push(child);
    return child;
  };
  const stopAll = () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  };
  const close = async () => {
    stopAll();
    await Promise.all([discord.close(), proxy.close()]);
    await rm(release, { recursive: true });
    await rm(folder, { recursive: true });
  };
  const url = `${manifest.hosts.canonical.url}/voice/status`;
  return { release, folder, url, discord, variables, start, stopAll, close };
}

/** Waits for the end of a process, and returns its exit code and its whole output. */
export async function outcomeOf(child: ReleaseProcess) {
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}
