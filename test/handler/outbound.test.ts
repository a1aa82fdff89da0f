import { afterAll, beforeAll, expect, test } from "vitest";
import { createOutboundClient, type OutboundClient } from "../../handlers/outbound/client.ts";
import { HELPER_REFERENCES } from "../../loopback/seed-helpers.ts";
import type { Create } from "../../loopback/twilio/creates.ts";
import { vaultValue } from "../../tools/loopback-secrets.ts";
import type { RunningHandler } from "../../tools/running-handler.ts";
import { type HandlerSite, makeHandlerSite } from "../support/handler-process.ts";

const INTERVAL_MS = 50;
const CALLS = 1_000;
const KILLED_CALLS = 300;

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

/** A person who is called once, by the number of the call and the test's own area code. */
const personOf = (area: number, index: number) => `+1${area}555${String(index).padStart(4, "0")}`;

/** Asks for calls of both numbers in turn, each number's from one handler alone, in order. */
async function ask(handlers: readonly RunningHandler[], area: number, calls: number): Promise<void> {
  const clients = handlers.map(clientOf);
  const askFrom = async (index: number) => {
    const from = site.manifest.numbers[index]?.number ?? "";
    for (let call = index; call < calls; call += 2) {
      await clients[index % clients.length]?.placeCall({ to: personOf(area, call), from, route: "/voice/webhook" });
    }
  };
  await Promise.all([askFrom(0), askFrom(1)]);
}

const sentTo = (area: number) =>
  `select count(*) from twilio_outbound where to_number like '+1${area}%' and state = 'sent'`;
const placedTo = (area: number) =>
  site.cloud.twilio.state.calls.map(({ resource }) => resource).filter(({ to }) => to.startsWith(`+1${area}`));

/** The shortest time between two creates of one number, in milliseconds. */
function closest(creates: readonly Create[]): number {
  const gaps = site.manifest.numbers.flatMap(({ number }) => {
    const times = creates.filter(({ from }) => from === number).map(({ at }) => at);
    return times.slice(1).map((at, index) => at - (times[index] ?? at));
  });
  return Math.min(...gaps);
}

test("1,000 calls over two numbers and two processes, with bursts of 429: each placed once, in order, never two of a number too close", async () => {
  const { faults, creates } = site.cloud.twilio;
  const before = creates.length;
  const handlers = [await site.start(0), await site.start(1)];
  faults.burst({ every: 100, length: 3, status: 429, method: "POST", path: "/Calls" });
  await ask(handlers, 213, CALLS);
  await site.until(sentTo(213), CALLS);
  faults.clear();
  for (const [index, { number }] of site.manifest.numbers.entries()) {
    const expected = Array.from({ length: CALLS / 2 }, (_, at) => personOf(213, 2 * at + index));
    expect(
      placedTo(213)
        .filter(({ from }) => from === number)
        .map(({ to }) => to),
    ).toEqual(expected);
  }
  const own = creates.slice(before);
  expect(own.filter(({ outcome }) => outcome === 429).length).toBeGreaterThanOrEqual(24);
  expect(closest(own)).toBeGreaterThanOrEqual(INTERVAL_MS);
  // Both processes did some of it.
  for (const { log } of handlers)
    expect(log.filter((line) => line.includes('"outcome":"created"')).length).toBeGreaterThan(0);
  await Promise.all(handlers.map((handler) => handler.close()));
});

test("either process is killed while a request is under way, again and again: none is placed twice, none is lost", async () => {
  const { creates } = site.cloud.twilio;
  const before = creates.length;
  const handlers = [await site.start(0), await site.start(1)];
  await ask(handlers, 310, KILLED_CALLS);
  for (const [round, at] of [20, 60, 100].entries()) {
    await arrival(creates, before + at);
    const victim = round % 2;
    handlers[victim]?.kill();
    handlers[victim] = await site.start(victim);
  }
  await site.until(sentTo(310), KILLED_CALLS);
  const placed = placedTo(310).map(({ to }) => to);
  expect(new Set(placed).size).toBe(KILLED_CALLS);
  expect(placed).toHaveLength(KILLED_CALLS);
  expect(closest(creates.slice(before))).toBeGreaterThanOrEqual(INTERVAL_MS);
});

/** Waits until so many creates have arrived, and not for their answers. */
async function arrival(creates: readonly Create[], count: number): Promise<void> {
  while (creates.length < count) await new Promise((done) => setImmediate(done));
}
