import { setTimeout as delay } from "node:timers/promises";
import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createOutboundClient, type OutboundClient, OutboundError } from "../../handlers/outbound/client/client.ts";
import { HELPER_REFERENCES } from "../../loopback/seed-helpers.ts";
import type { Create } from "../../loopback/twilio/api/creates.ts";
import type { RunningHandler } from "../../tools/loopback/running-handler.ts";
import { vaultValue } from "../../tools/loopback/secrets.ts";
import { withDatabase } from "../../tools/postgres/database-client.ts";
import { type HandlerSite, makeHandlerSite } from "../support/handler/handler-process.ts";
import { sized } from "../support/test-form.ts";

const INTERVAL_MS = 50;
const CALLS = sized(200, 1_000);
/** The bursts of 429 among them, and the answers of one burst. Each holds its number back for seconds. */
const BURSTS = sized(4, 10);
const BURST_LENGTH = 3;
/** The number of calls requested around each kill. */
const CALLS_A_KILL = 20;
/** The time limit for all calls, in milliseconds. It allows for a busy machine. */
const PATIENCE_MS = 150_000;

let site: HandlerSite;
let token: string;
beforeAll(async () => {
  site = await makeHandlerSite({ config: { outbound: { intervalMs: INTERVAL_MS } }, handlers: 2 });
  token = await vaultValue(site.cloud, HELPER_REFERENCES.outboundToken);
});
afterAll(() => site.close());

function clientOf({ adminPort }: RunningHandler): OutboundClient {
  return createOutboundClient({ url: `http://127.0.0.1:${adminPort}`, token });
}

/** The number of the person of one call. Each test has its own area code. */
const personOf = (area: number, index: number) => `+1${area}555${String(index).padStart(4, "0")}`;

interface Asked {
  /** The two processes. Their ports stay the same when they are killed and started again. */
  readonly handlers: readonly RunningHandler[];
  readonly area: number;
  readonly first?: number;
  readonly calls: number;
  /** The pause between two requests for a number, in milliseconds. */
  readonly pauseMs?: number;
}

/** Requests calls from both numbers alternately. Each number's calls go to one handler, in order. An unanswered request is repeated. */
async function ask({ handlers, area, first = 0, calls, pauseMs = 0 }: Asked): Promise<void> {
  const clients = handlers.map(clientOf);
  const askFrom = async (index: number) => {
    const from = site.manifest.numbers[index]?.number ?? "";
    for (let call = first + index; call < first + calls; call += 2) {
      await surely(clients[index % clients.length], { to: personOf(area, call), from, route: "/voice/webhook" });
      if (pauseMs > 0) await delay(pauseMs);
    }
  };
  await Promise.all([askFrom(0), askFrom(1)]);
}

async function surely(
  client: OutboundClient | undefined,
  call: Parameters<OutboundClient["placeCall"]>[0],
): Promise<void> {
  for (;;) {
    const failure = await client?.placeCall(call, `call-to-${call.to}`).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (failure === undefined) return;
    if (!(failure instanceof OutboundError && failure.status === undefined)) throw failure;
  }
}

const sentTo = (area: number) =>
  `select count(*) from twilio_outbound where to_number like '+1${area}%' and state = 'sent'`;

/** The people who were called, in order, by one number or by both. */
function placedTo(area: number, number?: string): string[] {
  return site.cloud.twilio.state.calls
    .filter(({ resource: { to, from } }) => to.startsWith(`+1${area}`) && (number ?? from) === from)
    .map(({ resource }) => resource.to);
}

/** Expects that each number called each of its people exactly once, in the order of the requests. */
function expectEachOnce(area: number, calls: number): void {
  for (const [index, { number }] of site.manifest.numbers.entries()) {
    const expected = Array.from({ length: calls / 2 }, (_, at) => personOf(area, 2 * at + index));
    expect(placedTo(area, number)).toEqual(expected);
  }
}

/** The shortest time between two creates of one number, in milliseconds. */
function closest(creates: readonly Create[]): number {
  const gaps = site.manifest.numbers.flatMap(({ number }) => {
    const times = creates.filter(({ from }) => from === number).map(({ at }) => at);
    return times.slice(1).map((at, index) => at - (times[index] ?? at));
  });
  return Math.min(...gaps);
}

test(`${CALLS} calls over two numbers and two processes, with bursts of 429: each is placed once, in order, and no two of a number are too close`, async () => {
  const { faults, creates } = site.cloud.twilio;
  const before = creates.length;
  const handlers = [await site.start(0), await site.start(1)];
  faults.burst({ every: CALLS / BURSTS, length: BURST_LENGTH, status: 429, method: "POST", path: "/Calls" });
  await ask({ handlers, area: 213, calls: CALLS });
  await site.until(sentTo(213), CALLS, PATIENCE_MS);
  faults.clear();
  expectEachOnce(213, CALLS);
  const own = creates.slice(before);
  expect(own.filter(({ outcome }) => outcome === 429).length).toBeGreaterThanOrEqual(0.8 * BURSTS * BURST_LENGTH);
  expect(closest(own)).toBeGreaterThanOrEqual(INTERVAL_MS);
  // Both processes placed some of the calls.
  for (const { log } of handlers)
    expect(log.filter((line) => line.includes('"outcome":"created"')).length).toBeGreaterThan(0);
  await Promise.all(handlers.map((handler) => handler.close()));
});

/** The processes to kill, and the time: after this many further creates have arrived, and then this many milliseconds. */
const Moment = fc.record({
  victims: fc.constantFrom([0], [1], [0, 1]),
  creates: fc.integer({ min: 2, max: 10 }),
  delayMs: fc.constantFrom(0, 0, 1, 5, 20, 45, 80),
});
/** First both at once when a create arrives, which certainly interrupts a call. The others are random, with a fixed seed. */
const MOMENTS = [{ victims: [0, 1], creates: 5, delayMs: 0 }, ...fc.sample(Moment, { seed: 11, numRuns: sized(2, 5) })];

test("the processes are killed repeatedly, while they accept requests and place calls: no call is placed twice or lost", async () => {
  const { creates } = site.cloud.twilio;
  const before = creates.length;
  const calls = CALLS_A_KILL * MOMENTS.length;
  const handlers = [await site.start(0), await site.start(1)];
  const started = [...handlers];
  let spared = "";
  for (const [round, { victims, creates: more, delayMs }] of MOMENTS.entries()) {
    const first = CALLS_A_KILL * round;
    const asking = ask({ handlers, area: 310, first, calls: CALLS_A_KILL, pauseMs: INTERVAL_MS });
    await arrival(creates, creates.length + more);
    await delay(delayMs);
    for (const victim of victims) handlers[victim]?.kill();
    // The first interrupted number's lease expires on its own, while the other number goes on.
    if (round === 0) spared = creates.at(-1)?.from ?? "";
    await letLeasesEnd(spared);
    const again = await Promise.all(victims.map((victim) => site.start(victim)));
    for (const [index, handler] of again.entries()) handlers[victims[index] ?? 0] = handler;
    started.push(...again);
    await asking;
  }
  await site.until(sentTo(310), calls, PATIENCE_MS);
  expectEachOnce(310, calls);
  expect(closest(creates.slice(before))).toBeGreaterThanOrEqual(INTERVAL_MS);
  expect(new Set(MOMENTS.slice(1).flatMap(({ victims }) => victims)).size).toBe(2);
  const reconciled = started.flatMap(({ log }) => log.filter((line) => line.includes("request was reconciled")));
  expect(reconciled.filter((line) => line.includes('"outcome":"sent"')).length).toBeGreaterThan(0);
  expect(await site.count("select count(*) from twilio_outbound where doubt = 'interrupted'")).toBeGreaterThan(0);
});

/** Waits until this many creates have arrived, but not for their answers. */
async function arrival(creates: readonly Create[], count: number): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (creates.length < count) {
    if (Date.now() > end) throw new Error(`expected ${count} creates; found ${creates.length}`);
    await new Promise((done) => setImmediate(done));
  }
}

/** The longest time that a running turn takes here, in milliseconds. */
const TURN_MS = 1_000;

const HELD =
  "select id || ' ' || retry_count as turn from hub_queue.job where state = 'active' and singleton_key <> $1";
const END_LEASES = `
with ended as (
  update hub_queue.job set started_on = started_on - interval '1 minute'
  where state = 'active' and id || ' ' || retry_count = any($1) returning singleton_key),
 paced as (
  update twilio_outbound_pace set next_at = next_at - interval '1 minute'
  where from_number in (select singleton_key from ended))
update hub_queue.queue set monitor_on = null`;

/** Ends the leases of the killed processes, except that of one number. Only a killed process holds a turn for longer than {@link TURN_MS}. */
async function letLeasesEnd(sparedNumber: string): Promise<void> {
  await withDatabase(site.environment.DATABASE_URL ?? "", async (client) => {
    const { rows } = await client.query<{ turn: string }>(HELD, [sparedNumber]);
    await delay(TURN_MS);
    await client.query(END_LEASES, [rows.map(({ turn }) => turn)]);
  });
}
