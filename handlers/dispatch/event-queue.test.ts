import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { type ClaimedEvent, claimEvents, settleEvent } from "./event-queue.ts";
import { changeEvent, clearEvents, insertEvent, readEventRow } from "./test-events.ts";

const LEASE_MS = 60_000;
const IS_OVER = "dispatch_after = now() - interval '1 second'";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(() => clearEvents(storage.pool));

const claim = (limit = 10) => claimEvents(storage.pool, limit, LEASE_MS);
const insert = (changes?: string) => insertEvent(storage.pool, changes);
const read = (sid: string) => readEventRow(storage.pool, sid);

/** Claims the only event. */
async function claimOne(): Promise<ClaimedEvent> {
  const [event] = await claim();
  if (event === undefined) throw new Error("no event was claimed");
  return event;
}

describe("claimEvents", () => {
  it("returns the waiting events unchanged, the oldest first", async () => {
    const sids = [await insert(), await insert(), await insert()];
    const claimed = await claim(2);
    expect(claimed.map(({ sid }) => sid).sort()).toEqual(sids.slice(0, 2).sort());
    expect(claimed[0]).toMatchObject({
      kind: "inbound-text",
      step: "received",
      eventId: `inbound-text:${claimed[0]?.sid}:received`,
      parameters: { MessageSid: claimed[0]?.sid },
      receivedAt: new Date("2026-11-22T10:00:00Z"),
      attempt: 1,
    });
  });

  it.each([
    "dispatch_state = 'none'",
    "dispatch_state = 'done'",
    "dispatch_state = 'parked'",
    "dispatch_after = now() + interval '1 minute'",
  ])("leaves an event with %s", async (changes) => {
    await insert(changes);
    expect(await claim()).toEqual([]);
  });

  it("counts the attempt, clears the earlier reason, and keeps others away until the lease ends", async () => {
    const sid = await insert("dispatch_attempts = 3, dispatch_error = 'HTTP 503:'");
    expect(await claim()).toHaveLength(1);
    expect(await read(sid)).toMatchObject({ state: "waiting", attempts: 4, error: null, isDue: false });
    expect(await claim()).toEqual([]);
    // As if the process was killed and the lease has ended.
    await changeEvent(storage.pool, sid, IS_OVER);
    expect(await claim()).toMatchObject([{ sid, attempt: 5 }]);
  });

  it("gives each event to one claimer only, however many claim at once", async () => {
    const sids = await Promise.all(Array.from({ length: 40 }, () => insert()));
    const claims = await Promise.all(Array.from({ length: 16 }, () => claim(4)));
    const claimed = claims.flat().map(({ sid }) => sid);
    expect(new Set(claimed).size).toBe(claimed.length);
    const rest = await claim(40);
    expect([...claimed, ...rest.map(({ sid }) => sid)].sort()).toEqual(sids.sort());
  });
});

describe("settleEvent", () => {
  it.each([
    [{ kind: "done" }, { state: "done", attempts: 1, error: null }],
    [{ kind: "released" }, { state: "waiting", attempts: 0, error: null, isDue: true }],
    [
      { kind: "parked", reason: "HTTP 400: no" },
      { state: "parked", attempts: 1, error: "HTTP 400: no" },
    ],
    [
      { kind: "retried", reason: "HTTP 503:" },
      { state: "waiting", attempts: 1, error: "HTTP 503:", isDue: false },
    ],
  ] as const)("writes %j", async (outcome, expected) => {
    const sid = await insert();
    await settleEvent(storage.pool, await claimOne(), outcome, 10_000_000);
    expect(await read(sid)).toMatchObject(expected);
  });

  it("makes an event due after its pause", async () => {
    const sid = await insert();
    await settleEvent(storage.pool, await claimOne(), { kind: "retried", reason: "no answer" }, 10_000_000);
    const { dueInMs } = await read(sid);
    expect(dueInMs).toBeGreaterThan(9_000_000);
    expect(dueInMs).toBeLessThanOrEqual(10_000_000);
    await changeEvent(storage.pool, sid, IS_OVER);
    expect(await claimOne()).toMatchObject({ sid, attempt: 2 });
  });

  it("takes only `done` from an attempt whose lease ended", async () => {
    const sid = await insert();
    const slow = await claimOne();
    await changeEvent(storage.pool, sid, IS_OVER);
    await claimOne();
    const underWay = await read(sid);
    for (const outcome of [
      { kind: "released" },
      { kind: "parked", reason: "x" },
      { kind: "retried", reason: "x" },
    ] as const) {
      await settleEvent(storage.pool, slow, outcome, 0);
      expect(await read(sid)).toMatchObject({ state: "waiting", attempts: 2, error: null, isDue: underWay.isDue });
    }
    await settleEvent(storage.pool, slow, { kind: "done" }, 0);
    expect(await read(sid)).toMatchObject({ state: "done" });
  });
});
