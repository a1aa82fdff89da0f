/** The handler as it runs in production: a process of its own from a built release, on a loopback cloud and a real Postgres. */
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
import { handlerEnvironment } from "../../../tools/loopback/handler.ts";
import { type RunningHandler, startHandler } from "../../../tools/loopback/running-handler.ts";
import { LOOPBACK_STACK } from "../../../tools/loopback/stack.ts";
import { firstRow } from "../../../tools/postgres/database-client.ts";
import { type LocalPostgres, startPostgres } from "../../../tools/postgres/postgres.ts";
import { readStackConfig, stackFile } from "../../../tools/stack/stack-config.ts";

/** A handler's surroundings, which stay while handlers come and go. */
export interface HandlerSite {
  readonly manifest: Manifest;
  readonly cloud: LoopbackCloud;
  readonly postgres: LocalPostgres;
  /** The handler's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a handler, the first of the site's unless said otherwise; the site ends it where nobody did. */
  start(index?: number): Promise<RunningHandler>;
  /** The first column of a query's first row, as a number. */
  count(sql: string): Promise<number>;
  /** Waits until a query gives a number, which it must within so many milliseconds: a minute by default. */
  until(sql: string, expected: number, patienceMs?: number): Promise<void>;
  close(): Promise<void>;
}

/** How long {@link HandlerSite.until} waits by default, in milliseconds. */
const PATIENCE_MS = 60_000;

/** What a site can be told. */
export interface SiteOptions {
  /** Keys of the config (named without `hub:`) that are replaced. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** How many handlers can run at once, each on its own ports and on the same database: 1 by default. */
  readonly handlers?: number;
}

/** Makes the surroundings, with the account of `handlers/testing/manifest.ts`. */
export async function makeHandlerSite({ config: replaced = {}, handlers = 1 }: SiteOptions = {}): Promise<HandlerSite> {
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
    vault: { [accountSid]: CREDENTIALS.accountSid, [authToken]: TOKEN },
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
    environment,
    start,
    count,
    until: (sql, expected, patienceMs = PATIENCE_MS) => until(count, sql, expected, patienceMs),
    close,
  };
}

/** What a handler's `/metrics` says of a metric without labels. */
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
