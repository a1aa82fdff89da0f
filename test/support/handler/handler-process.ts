/** The handler as in production: its own process, started from a built release, on a loopback cloud and a real Postgres. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CREDENTIALS, TOKEN } from "../../../handlers/testing/manifest.ts";
import { parseConfig } from "../../../hub/config/parse.ts";
import { buildManifest, type Manifest } from "../../../hub/manifest.ts";
import { TEST_ROUTES } from "../../../hub/testing/routes.ts";
import { buildRelease } from "../../../infra/release/release.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../../../loopback/cloud.ts";
import { freePort } from "../../../tools/cli/free-port.ts";
import { handlerEnvironment } from "../../../tools/loopback/handler-environment.ts";
import { type RunningHandler, startHandler } from "../../../tools/loopback/running-handler.ts";
import { LOOPBACK_STACK } from "../../../tools/loopback/stack.ts";
import { firstRow } from "../../../tools/postgres/database-client.ts";
import { type LocalPostgres, startPostgres } from "../../../tools/postgres/postgres.ts";
import { readStackConfig, stackFile } from "../../../tools/stack/stack-config.ts";

/** A site on which tests start handlers: their cloud, database and config. */
export interface HandlerSite {
  readonly manifest: Manifest;
  readonly cloud: LoopbackCloud;
  readonly postgres: LocalPostgres;
  /** The folders of the built releases, by the handler's index. */
  readonly releases: readonly string[];
  /** The folder of the spool and the gate file. */
  readonly folder: string;
  /** The handler's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a handler of the site. Default: the first. The site closes it if the test does not. */
  start(index?: number): Promise<RunningHandler>;
  /** Runs a query, and returns the first column of its first row as a number. */
  count(sql: string): Promise<number>;
  /**
   * Waits until a query returns the expected number.
   *
   * @param patienceMs the time limit in milliseconds. Default: one minute
   * @throws Error if it does not within that time
   */
  until(sql: string, expected: number, patienceMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** The default time limit of {@link HandlerSite.until}, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Options of a site. */
export interface SiteOptions {
  /** Values that replace keys of the config. The keys are without `hub:`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Values of the vault, by reference. They replace the account's SID and token too. */
  readonly vault?: Readonly<Record<string, string>>;
  /** The number of handlers that can run at once, each on its own ports, all on the same database. Default: 1. */
  readonly handlers?: number;
}

/** Makes a site with the account of `handlers/testing/manifest.ts`. No handler runs on it yet. */
export async function makeHandlerSite(options: SiteOptions = {}): Promise<HandlerSite> {
  const { config: replaced = {}, handlers = 1, vault = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-handler-"));
  const { hub, source } = await readStackConfig(stackFile(LOOPBACK_STACK));
  const configs = await Promise.all(
    Array.from({ length: handlers }, async () => {
      const [port, adminPort] = await Promise.all([freePort(), freePort()]);
      const handler = { port, adminPort, process: "twilio", releases: folder, gateFile: join(folder, "gate") };
      return parseConfig({ ...hub, ...replaced, handler }, source);
    }),
  );
  const [config] = configs;
  if (config === undefined) throw new Error("a site has at least one handler");
  const manifest = buildManifest(config, TEST_ROUTES);
  const { accountSid, authToken } = config.twilio;
  const cloud = await startLoopbackCloud({
    config,
    vault: { [accountSid]: CREDENTIALS.accountSid, [authToken]: TOKEN, ...vault },
  });
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase("hub");
  const environment = handlerEnvironment(cloud, { databaseUrl, folder });
  const releases = await Promise.all(configs.map((own) => buildRelease(buildManifest(own, TEST_ROUTES), own)));
  const running: RunningHandler[] = [];
  const start = async (index = 0) => {
    const release = releases[index];
    if (release === undefined) throw new Error(`the site has no handler ${index}`);
    const handler = await startHandler(release.folder, environment);
    running.push(handler);
    return handler;
  };
  const close = async () => {
    for (const handler of running) await handler.close();
    await postgres.close();
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  };
  const count = async (sql: string) => Number((await firstRow(databaseUrl, sql))[0]);
  return {
    manifest,
    cloud,
    postgres,
    releases: releases.map((release) => release.folder),
    folder,
    environment,
    start,
    count,
    until: (sql, expected, patienceMs = PATIENCE_MS) => until(count, sql, expected, patienceMs),
    close,
  };
}

/**
 * Reads a metric without labels from a handler's `/metrics`.
 *
 * @throws Error if `/metrics` does not have it
 */
export async function handlerMetric({ adminPort }: RunningHandler, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
  const line = (await response.text()).split("\n").find((text) => text.startsWith(`${name} `));
  if (line === undefined) throw new Error(`/metrics does not show ${name}`);
  return Number(line.slice(name.length));
}

async function until(count: HandlerSite["count"], sql: string, expected: number, patienceMs: number): Promise<void> {
  const end = Date.now() + patienceMs;
  let found = await count(sql);
  while (found !== expected) {
    if (Date.now() > end) throw new Error(`${sql}: expected ${expected}; found ${found}`);
    await new Promise((done) => setTimeout(done, 50));
    found = await count(sql);
  }
}
