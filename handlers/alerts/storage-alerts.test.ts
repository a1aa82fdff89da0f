import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { setLogLevel } from "../log/log.ts";
import { createHealth } from "../storage/health.ts";
import { callRecord } from "../storage/testing/records.ts";
import { startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { eventually } from "../testing/eventually.ts";
import type { Worker } from "../worker/worker.ts";
import { startStorageAlerts } from "./storage-alerts.ts";

const MINUTE = 60_000;

let storage: HubStorage;
let discord: TestEndpoint;
/** How far the clock of the alerts is ahead, in milliseconds. */
let ahead = 0;
const running: Worker[] = [];
beforeAll(async () => setLogLevel("error"));
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  [storage, discord] = await Promise.all([startHubStorage(), startEndpoint()]);
  discord.answer = () => ({ status: 204 });
  ahead = 0;
});
afterEach(async () => {
  await stopAll();
  await Promise.all([storage.close(), discord.close()]);
  vi.restoreAllMocks();
});
afterAll(() => setLogLevel("info"));

const contents = () => discord.received.map(({ body }) => String(JSON.parse(body).content));
const stopAll = () => Promise.all(running.splice(0).map((worker) => worker.stop()));

/** Starts the alerts of one process. Returns a promise of so many further examinations. */
function start(): (rounds: number) => Promise<void> {
  const health = vi.fn(createHealth(storage));
  running.push(
    startStorageAlerts({
      health,
      spoolFile: storage.spoolFile,
      discord: { webhookUrl: `${discord.url}/api/webhooks/1/secret` },
      machine: "aurora",
      everyMs: 10,
      now: () => Date.now() + ahead,
      backoff: { fromMs: 1, toMs: 5 },
    }),
  );
  return async (rounds) => {
    const until = health.mock.calls.length + rounds;
    await eventually(() => expect(health.mock.calls.length).toBeGreaterThanOrEqual(until));
  };
}

describe("a webhook that waits in the spool for minutes", () => {
  it("is told once by two processes and after a start, without the database, and once more when it is over", async () => {
    await storage.postgres.stop();
    storage.spool.keep([callRecord(), callRecord()]);
    const examined = [start(), start()];
    await Promise.all(examined.map((rounds) => rounds(5)));
    expect(contents()).toEqual([]);
    ahead = 4 * MINUTE;
    await eventually(() => expect(contents()).toHaveLength(1));
    await Promise.all(examined.map((rounds) => rounds(5)));
    await stopAll();
    await start()(5);
    ahead = 60 * MINUTE;
    await Promise.all([start()(5)]);
    expect(contents()).toEqual([
      expect.stringMatching(
        /^Twilio hub on aurora: 2 webhooks wait in the spool, the oldest for 4 minutes\. The database is away: `.*`$/,
      ),
    ]);
    await storage.postgres.start();
    while (storage.spool.depth() > 0) await storage.drain();
    await eventually(() => expect(contents()).toHaveLength(2));
    expect(contents()[1]).toMatch(/^Twilio hub on aurora: over after \d+ minutes: \d webhooks wait/);
  });

  it("is told although Discord was away or wanted a pause", async () => {
    storage.spool.keep([callRecord()]);
    ahead = 5 * MINUTE;
    const answers = [{ status: 500 }, { status: 429, body: JSON.stringify({ retry_after: 0.01 }) }];
    discord.answer = () => answers.shift() ?? { status: 204 };
    const examined = start();
    for (let tries = 1; tries <= 3; tries += 1) {
      await eventually(() => expect(contents()).toHaveLength(tries));
      await examined(5);
      expect(contents()).toHaveLength(tries);
      // A claim that nobody carried out ends.
      ahead += MINUTE;
    }
    await examined(20);
    expect(contents()).toHaveLength(3);
  });

  it("that comes and goes is no storm of messages", async () => {
    ahead = 10 * MINUTE;
    const examined = start();
    for (let times = 0; times < 5; times += 1) {
      storage.spool.keep([callRecord()]);
      await examined(3);
      while (storage.spool.depth() > 0) await storage.drain();
      await examined(3);
    }
    expect(contents().map((content) => content.includes("over after"))).toEqual([false, true]);
    ahead += 16 * MINUTE;
    storage.spool.keep([callRecord()]);
    await eventually(() => expect(contents()).toHaveLength(3));
  });
});

it("the first webhook that is set aside is told, and no other until that is over", async () => {
  const examined = start();
  for (let round = 0; round < 3; round += 1) {
    storage.spool.keep([callRecord("CAnot-a-sid"), callRecord()]);
    while (storage.spool.depth() > 0) await storage.drain();
    await examined(5);
  }
  expect(contents()).toEqual([expect.stringContaining("the database refused 1 webhook, which is set aside")]);
  for (const refused of storage.spool.refused(10)) storage.spool.removeRefused(refused);
  await eventually(() => expect(contents()).toHaveLength(2));
  expect(contents()[1]).toContain("over after");
});

it("a database that refuses the handler is told at once", async () => {
  await storage.pool.query("alter table twilio_sms rename to elsewhere");
  const examined = start();
  await eventually(() => expect(contents()).toHaveLength(1));
  await examined(5);
  expect(contents()).toEqual([
    expect.stringMatching(
      /the database refuses the handler.*SQLSTATE 42P01, relation "public\.twilio_sms" does not exist`$/,
    ),
  ]);
  await storage.pool.query("alter table elsewhere rename to twilio_sms");
  await eventually(() => expect(contents()).toHaveLength(2));
});

it("a spool that cannot be written is told, and not after a moment", async () => {
  const examined = start();
  await examined(2);
  const other = new DatabaseSync(storage.spoolFile);
  other.exec("begin immediate");
  await examined(2);
  expect(contents()).toEqual([]);
  await eventually(() => expect(contents()).toHaveLength(1));
  await examined(2);
  expect(contents()).toEqual([
    expect.stringMatching(/the spool cannot be written.*`database is locked`.*The database is up/),
  ]);
  other.exec("rollback");
  other.close();
  await eventually(() => expect(contents()).toHaveLength(2));
});

it("names no phone number and no text of a caller", async () => {
  storage.spool.keep([callRecord("CAnot-a-sid"), callRecord()]);
  while (storage.spool.depth() > 0) await storage.drain();
  storage.spool.keep([callRecord()]);
  ahead = 5 * MINUTE;
  start();
  await eventually(() => expect(contents()).toHaveLength(2));
  expect(contents().join()).not.toMatch(/\+?1\d{10}|not-a-sid/);
});
