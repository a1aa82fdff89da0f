import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { readinessOf } from "../hosts/readiness.ts";
import { connectDatabase } from "./database.ts";
import { createHealth } from "./health.ts";
import { createStore } from "./store.ts";
import { callRecord, saying } from "./testing/records.ts";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(() => void vi.spyOn(process.stderr, "write").mockReturnValue(true));
afterEach(() => vi.restoreAllMocks());

const run = (sql: string) => storage.pool.query(sql);

/** The health and the readiness of a handler with another database URL. */
async function examine(changes: Partial<Record<"username" | "pathname" | "port", string>> = {}) {
  const pool = connectDatabase(Object.assign(new URL(storage.databaseUrl), changes).href, 1);
  const store = createStore({ pool, spool: storage.spool });
  try {
    const health = await createHealth({ pool, spool: storage.spool, store })();
    const kept = await store.keep(callRecord(), () => saying("fallback"), performance.now() + 4_000);
    return { health, readiness: readinessOf(health, false), kept: kept.how };
  } finally {
    await pool.end();
  }
}

describe("a database", () => {
  it("that takes webhooks is up, and nothing of the specimens stays", async () => {
    const { health, readiness } = await examine();
    expect(health.database).toEqual({ state: "up" });
    expect(readiness).toMatchObject({ ready: true, database: "up" });
    expect(await storage.count("select count(*) from omni_events where kind = 'probe'")).toBe(0);
    expect(await storage.count("select count(*) from twilio_sms")).toBe(0);
  });

  it("that is not there is down, and the spool keeps webhooks", async () => {
    const { health, readiness, kept } = await examine({ port: "1" });
    expect(health.database).toMatchObject({ state: "down", reason: expect.stringContaining("ECONNREFUSED") });
    expect(readiness).toMatchObject({ ready: true, database: "down" });
    expect(kept).toBe("spooled");
  });

  it("that is read-only is down: it is a standby that takes over soon", async () => {
    await run("create role reader superuser login; alter role reader set default_transaction_read_only = on");
    expect((await examine({ username: "reader" })).readiness).toMatchObject({ ready: true, database: "down" });
  });

  it.each([
    ["another name", { pathname: "/hub2" }, "", "", /^SQLSTATE 3D000, database "hub2" does not exist$/],
    ["another role", { username: "nobody" }, "", "", /^SQLSTATE 28000, role "nobody" does not exist$/],
    ["a role without privileges", { username: "stranger" }, "", "", /^SQLSTATE 42501, permission denied for /],
    [
      "a role that row-level security keeps out",
      { username: "guest" },
      "grant all on all tables in schema public to guest; grant all on all sequences in schema public to guest",
      "revoke all on all tables in schema public from guest",
      /^SQLSTATE 42501, new row violates row-level security policy/,
    ],
    [
      "a missing table",
      {},
      "alter table twilio_recordings rename to elsewhere",
      "alter table elsewhere rename to twilio_recordings",
      /^SQLSTATE 42P01, relation "public\.twilio_recordings" does not exist$/,
    ],
    [
      "a missing column",
      {},
      "alter table twilio_calls rename column transcription to elsewhere",
      "alter table twilio_calls rename column elsewhere to transcription",
      /^SQLSTATE 42703, column "transcription" of relation "twilio_calls" does not exist$/,
    ],
    [
      "a column that the handler does not fill",
      {},
      "alter table twilio_sms add column tariff text not null default ''; alter table twilio_sms alter column tariff drop default",
      "alter table twilio_sms drop column tariff",
      /^SQLSTATE 23502, table twilio_sms, column tariff$/,
    ],
  ])("with %s refuses the handler, which is then not ready", async (_what, changes, damage, repair, reason) => {
    await run("do $$ begin create role stranger login; exception when duplicate_object then end $$");
    await run("do $$ begin create role guest login; exception when duplicate_object then end $$");
    await run(damage);
    try {
      const { health, readiness } = await examine(changes);
      expect(health.database).toEqual({ state: "refuses", reason: expect.stringMatching(reason) });
      expect(readiness).toMatchObject({
        ready: false,
        database: "refuses",
        spool: expect.not.stringMatching("failing"),
      });
    } finally {
      await run(repair);
    }
    expect((await examine()).health.database).toEqual({ state: "up" });
  });
});

describe("a spool", () => {
  it("that another program has locked is failing, and not ready without the database", async () => {
    const other = new DatabaseSync(storage.spoolFile);
    other.exec("begin immediate");
    try {
      const health = await createHealth(storage)();
      expect(health.spool).toMatchObject({ state: "failing", reason: "database is locked" });
      expect(readinessOf(health, false)).toMatchObject({ ready: true, spool: "failing", spooled: expect.any(Number) });
      const down = { ...health, database: { state: "down", reason: "away" } } as const;
      expect(readinessOf(down, false)).toMatchObject({ ready: false, database: "down", spool: "failing" });
    } finally {
      other.exec("rollback");
      other.close();
    }
    expect((await createHealth(storage)()).spool.state).toBe("works");
  });

  it.each([
    [1_200, 1_000],
    [3_000, 20_000],
  ])("on a disk with %i blocks left is failing as soon as a webhook cannot be kept", async (blocks, length) => {
    const folder = await mkdtemp(join(tmpdir(), "full-disk-"));
    const script = join(import.meta.dirname, "../../test/support/handler/full-disk.ts");
    // The limit of a file's size stands in for the end of the disk: the write fails. A block has 512 or 1024 bytes.
    const command = `trap '' XFSZ; ulimit -f ${blocks}; exec "$0" "$@"`;
    const { stdout, stderr } = spawnSync(
      "sh",
      ["-c", command, process.execPath, script, join(folder, "spool.sqlite"), String(length)],
      { encoding: "utf8", timeout: 60_000 },
    );
    await rm(folder, { recursive: true });
    expect({ ...JSON.parse(stdout || "{}"), stderr }).toEqual({
      before: { ready: true, spool: "empty" },
      kept: expect.any(Number),
      refused: "unavailable",
      after: { ready: false, spool: "failing" },
      stderr: expect.any(String),
    });
  });

  it("is read while it fails, and examined once for requests at the same time", async () => {
    const asked = vi.fn(storage.spool.checkWrite);
    const health = createHealth({ ...storage, spool: { ...storage.spool, checkWrite: asked } });
    await Promise.all([health(), health(), health()]);
    expect(asked).toHaveBeenCalledTimes(1);
    await health();
    expect(asked).toHaveBeenCalledTimes(2);
  });
});
