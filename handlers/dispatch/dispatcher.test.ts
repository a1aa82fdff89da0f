import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { setLogLevel } from "../log/log.ts";
import { dispatches } from "../log/metrics.ts";
import { startEndpoint, type TestEndpoint } from "../testing/endpoint.ts";
import { eventually } from "../testing/eventually.ts";
import type { Worker } from "../worker/worker.ts";
import { type DispatcherSettings, startDispatcher } from "./dispatcher.ts";
import { claimEvents } from "./event-queue.ts";
import { changeEvent, clearEvents, insertEvent, readEventRow } from "./test-events.ts";

const OK = { status: 200, body: '{"ok":true}' };
const QUICK = { everyMs: 20, backoff: { fromMs: 1, toMs: 5 } };

let storage: HubStorage;
let gateway: TestEndpoint;
const running: Worker[] = [];
beforeAll(async () => {
  setLogLevel("error");
  [storage, gateway] = await Promise.all([startHubStorage(), startEndpoint()]);
});
afterAll(() => Promise.all([storage.close(), gateway.close()]));
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  gateway.received.length = 0;
  gateway.answer = () => OK;
  await clearEvents(storage.pool);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((worker) => worker.stop()));
  vi.restoreAllMocks();
});

function start(changes: Partial<DispatcherSettings> = {}): Worker {
  const worker = startDispatcher({
    pool: storage.pool,
    gateway: { url: gateway.url, hookToken: "token-of-the-tests" },
    agents: { callRouting: "atlas", textsAndCallbacks: "acquisitions" },
    ...QUICK,
    ...changes,
  });
  running.push(worker);
  return worker;
}
const insert = (changes?: string, parameters?: Readonly<Record<string, unknown>>) =>
  insertEvent(storage.pool, changes, parameters);
const reaches = (sid: string, expected: object) =>
  eventually(async () => expect(await readEventRow(storage.pool, sid)).toMatchObject(expected));
const keys = () => gateway.received.map(({ headers }) => String(headers["idempotency-key"]));

it("hands an event to its agent, and counts it", async () => {
  const done = async () => (await dispatches.get()).values.find(({ labels }) => labels.outcome === "done")?.value ?? 0;
  const before = await done();
  const sid = await insert("", { Body: "hello" });
  start();
  await reaches(sid, { state: "done", attempts: 1, error: null });
  expect(await done()).toBe(before + 1);
  const payload: unknown = JSON.parse(gateway.received[0]?.body ?? "");
  expect(payload).toMatchObject({ agentId: "acquisitions", name: "Twilio inbound-text", deliver: false });
  expect(payload).toHaveProperty("message", expect.stringContaining('Body: "hello"'));
});

it("hands events over when it is nudged", async () => {
  const worker = start({ everyMs: 3_600_000 });
  const sid = await insert();
  worker.nudge();
  await reaches(sid, { state: "done" });
});

it("tries a failed event again, with the same id and payload, until the gateway takes it", async () => {
  const answers = ["cut", { status: 503 }, { status: 401 }, { status: 404 }, { status: 502 }] as const;
  gateway.answer = () => answers[gateway.received.length - 1] ?? OK;
  const sid = await insert();
  start();
  await reaches(sid, { state: "done", attempts: 6, error: null });
  expect(new Set(keys())).toEqual(new Set([`inbound-text:${sid}:received`]));
  expect(new Set(gateway.received.map(({ body }) => body)).size).toBe(1);
});

it("waits as long as the gateway asks", async () => {
  gateway.answer = () => ({ status: 429, headers: { "retry-after": "600" } });
  const sid = await insert();
  start();
  await reaches(sid, { state: "waiting", attempts: 1, error: "HTTP 429" });
  expect((await readEventRow(storage.pool, sid)).dueInMs).toBeGreaterThan(500_000);
});

it("waits for its own pause if the gateway asks for a shorter one", async () => {
  gateway.answer = () => ({ status: 503, headers: { "retry-after": "0" } });
  const sid = await insert();
  start({ backoff: { fromMs: 4_000_000, toMs: 4_000_000 } });
  await reaches(sid, { attempts: 1, error: "HTTP 503" });
  expect((await readEventRow(storage.pool, sid)).dueInMs).toBeGreaterThan(1_000_000);
});

it("parks an event that the gateway refuses for good", async () => {
  gateway.answer = () => ({ status: 400, body: '{"ok":false,"error":"agent not allowed"}' });
  const sid = await insert();
  start();
  await reaches(sid, { state: "parked", attempts: 1, error: "HTTP 400: agent not allowed" });
});

it("hands each event over once if two processes share the outbox, each at most four at a time", async () => {
  let atOnce = 0;
  let most = 0;
  gateway.answer = async () => {
    most = Math.max(most, ++atOnce);
    await new Promise((resolve) => setTimeout(resolve, 5));
    atOnce--;
    return OK;
  };
  const sids = await Promise.all(Array.from({ length: 30 }, () => insert()));
  start();
  start();
  for (const sid of sids) await reaches(sid, { state: "done", attempts: 1 });
  expect(keys().sort()).toEqual(sids.map((sid) => `inbound-text:${sid}:received`).sort());
  expect(most).toBeLessThanOrEqual(8);
});

it("takes over from a process that was killed, when the lease ends", async () => {
  const sid = await insert();
  await claimEvents(storage.pool, 1, 3_600_000);
  start();
  const other = await insert();
  await reaches(other, { state: "done" });
  expect(keys()).toEqual([`inbound-text:${other}:received`]);
  await changeEvent(storage.pool, sid, "dispatch_after = now()");
  await reaches(sid, { state: "done", attempts: 2 });
});

it("releases the events under way when it stops, without counting the attempt", async () => {
  gateway.answer = () => "silence";
  const sid = await insert();
  const worker = start();
  await eventually(() => expect(gateway.received).toHaveLength(1));
  await worker.stop();
  await reaches(sid, { state: "waiting", attempts: 0, isDue: true });
});

it("continues when the database is back", async () => {
  start();
  await storage.postgres.stop();
  await storage.postgres.start();
  const sid = await eventually(() => insert());
  await reaches(String(sid), { state: "done" });
});
