import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OpLimited, OpUnavailable, refusalOf } from "./op-failure.ts";
import { forgetStarts, START_PAUSES_MS, startPace } from "./start-pace.ts";

const RELEASE = "a1".repeat(32);
const HOUR_MS = 3_600_000;
/** The requests a day of 1Password's smallest account, and the most that one start makes: eight references, up to three requests each. */
const DAILY_REQUESTS = 1_000;
const REQUESTS_A_START = 24;

let folder: string;
let spool: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pace-"));
  spool = join(folder, "spool.sqlite");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-30T12:00:00Z") });
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const paceOf = (changes: Readonly<Record<string, string>> = {}, release = RELEASE) =>
  startPace({ SPOOL_FILE: spool, pm_id: "0", ...changes }, release);
const recordOf = (place = 0) => JSON.parse(readFileSync(`${spool}.start-${place}`, "utf8"));
const pauseOf = (place = 0) => recordOf(place).notBefore - Date.now();

/** Starts again as soon as the pace allows it. Returns the pause after the start. */
async function startAgain(changes?: Readonly<Record<string, string>>): Promise<number> {
  if (readdirSync(folder).length > 0) vi.setSystemTime(recordOf().notBefore);
  await paceOf(changes).begin();
  return pauseOf();
}

describe("starts that come one after another", () => {
  it("pause longer and longer, up to an hour", async () => {
    const pauses = [];
    for (let start = 0; start < START_PAUSES_MS.length + 2; start += 1) pauses.push(await startAgain());
    expect(pauses).toEqual([...START_PAUSES_MS, HOUR_MS, HOUR_MS]);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
  });

  it("of one process never make more requests a day than the smallest account has", async () => {
    const end = Date.now() + 24 * HOUR_MS;
    let starts = 0;
    for (; Date.now() < end; starts += 1) await startAgain();
    expect(starts * REQUESTS_A_START).toBeLessThan(DAILY_REQUESTS);
  });

  it("pause as many times longer as there are processes", async () => {
    await paceOf({ instances: "4" }).begin();
    expect(pauseOf()).toBe(4 * (START_PAUSES_MS[0] ?? 0));
    await paceOf({ instances: "max", pm_id: "1" }).begin();
    expect(pauseOf(1)).toBe(START_PAUSES_MS[0]);
  });

  it("do not pause for another release, or after a record that is damaged or from the future", async () => {
    for (let start = 0; start < 5; start += 1) await startAgain();
    await paceOf({}, "b2".repeat(32)).begin();
    expect(recordOf()).toMatchObject({ count: 1 });
    vi.setSystemTime(Date.now() - HOUR_MS);
    await paceOf({}, "b2".repeat(32)).begin();
    expect(recordOf()).toMatchObject({ count: 1 });
    writeFileSync(`${spool}.start-0`, "{");
    await paceOf().begin();
    expect(recordOf()).toMatchObject({ count: 1 });
  });

  it("begin anew once the process has run for two hours", async () => {
    for (let start = 0; start < 5; start += 1) await startAgain();
    vi.setSystemTime(recordOf().at + 2 * HOUR_MS - 1);
    await paceOf().begin();
    expect(recordOf()).toMatchObject({ count: 6 });
    vi.setSystemTime(recordOf().at + 2 * HOUR_MS);
    await paceOf().begin();
    expect(recordOf()).toMatchObject({ count: 1 });
  });
});

describe("after a failure", () => {
  it.each([
    [
      "a limit with its time",
      refusalOf("(429) Too Many Requests: Please retry in 58 minutes", new Date()),
      59 * 60_000,
    ],
    ["a limit without a time", new OpLimited("rate limit exceeded", new Date()), HOUR_MS],
    ["a limit for some hours", new OpLimited("Too many requests. Try again in 5 hours", new Date()), 6 * HOUR_MS],
    ["a limit with a time that was cut to seconds", new OpLimited("(429) retry in 1 second", new Date()), 30_000],
    ["a secret that cannot be read", new Error("op read failed: no such field"), 30_000],
  ])("of 1Password, %s, the pause is at least as long", async (_what, failure, pause) => {
    for (let start = 0; start < 3; start += 1) await startAgain();
    paceOf().failed(new Error("the environment is wrong", { cause: new Error("a reference", { cause: failure }) }));
    expect(pauseOf()).toBe(pause);
  });

  it.each([
    ["a wrong environment", new Error("DATABASE_URL: missing")],
    ["a missing op", new Error("wrong", { cause: new OpUnavailable("op cannot be run", { wasAsked: false }) })],
  ])("that came before 1Password was asked, %s, the pause is a minute at most", async (_what, failure) => {
    for (let start = 0; start < 7; start += 1) await startAgain();
    paceOf().failed(failure);
    expect(pauseOf()).toBe(60_000);
  });
});

it("a start that waits says so, and goes on as soon as a check has succeeded", async () => {
  for (let start = 0; start < 7; start += 1) await startAgain();
  let hasBegun = false;
  const beginning = paceOf()
    .begin()
    .then(() => {
      hasBegun = true;
    });
  await new Promise((done) => setTimeout(done, 100));
  expect(hasBegun).toBe(false);
  forgetStarts({ SPOOL_FILE: spool });
  await beginning;
  expect(recordOf()).toMatchObject({ count: 1 });
});

it("a check forgets the starts of every process, and nothing else", async () => {
  writeFileSync(spool, "the spool");
  for (const place of ["0", "12"]) await paceOf({ pm_id: place }).begin();
  forgetStarts({ SPOOL_FILE: spool });
  expect(readdirSync(folder)).toEqual(["spool.sqlite"]);
  forgetStarts({ SPOOL_FILE: join(folder, "none", "spool.sqlite") });
});

it("nothing is recorded outside PM2", async () => {
  const pace = startPace({ SPOOL_FILE: spool }, RELEASE);
  await pace.begin();
  pace.failed(new Error("failed"));
  expect(readdirSync(folder)).toEqual([]);
});

it("a start whose record cannot be written asks nothing, and names the variable", async () => {
  const inside = join(folder, "none", "spool.sqlite");
  await expect(paceOf({ SPOOL_FILE: inside }).begin()).rejects.toThrow(
    /^SPOOL_FILE: its folder \S+none cannot be written/,
  );
});
