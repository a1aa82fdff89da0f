import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HandlerSite, handlerMetric, makeHandlerSite } from "../support/handler/handler-process.ts";
import { newWebhooks } from "../support/handler/new-webhooks.ts";
import { sendWebhooks } from "../support/handler/send-webhooks.ts";
import { sized } from "../support/test-form.ts";

const WEBHOOKS = sized(4_000, 10_000);
const CONNECTIONS = 32;

let site: HandlerSite;
beforeAll(async () => {
  site = await makeHandlerSite();
});
afterAll(() => site.close());

test("Postgres is stopped and started three times under load: every webhook is answered in time and stored once", async () => {
  const handler = await site.start();
  const { port } = handler;
  const webhooks = newWebhooks(site.manifest, WEBHOOKS);
  const outages: Promise<void>[] = [];
  const outcomes = await sendWebhooks(webhooks, {
    port,
    connections: CONNECTIONS,
    onAnswer: (answered) => {
      // At a quarter, a half and three quarters of the webhooks. The last outage outlasts the load.
      if (answered % (WEBHOOKS / 4) === 0 && answered < WEBHOOKS) outages.push(outage());
    },
  });
  await Promise.all(outages);
  expect(outages).toHaveLength(3);
  expect(outcomes.filter(({ status }) => status !== 200 && status !== 204)).toEqual([]);
  expect(outcomes.filter(({ milliseconds }) => milliseconds >= 5_000)).toEqual([]);
  await site.until("select count(*) from omni_events", WEBHOOKS);
  expect(await site.count("select count(*) from processed_webhook_events")).toBe(WEBHOOKS);
  // Some webhooks went through the spool, and some did not.
  const spooled = await handlerMetric(handler, "hub_spooled_total");
  expect(spooled).toBeGreaterThan(0);
  expect(spooled).toBeLessThan(WEBHOOKS);
  const rows = "select (select count(*) from twilio_calls) + (select count(*) from twilio_sms)";
  expect(await site.count(rows)).toBe(WEBHOOKS);

  // A repeated webhook gets the original answer, byte for byte.
  const again = outcomes.filter((_, index) => index % 100 === 0);
  const repeats = await sendWebhooks(
    again.map(({ request }) => request),
    { port, connections: CONNECTIONS },
  );
  const bodies = new Map(repeats.map(({ request, status, body }) => [request, { status, body }]));
  for (const { request, status, body } of again) expect(bodies.get(request)).toEqual({ status, body });
  expect(await site.count("select count(*) from omni_events")).toBe(WEBHOOKS);
});

/** The last outage. There is one at a time, and each is long enough for the handler to notice it and use the spool. */
let last = Promise.resolve();
function outage(): Promise<void> {
  last = last.then(async () => {
    await site.postgres.stop();
    await sleep(1_000);
    await site.postgres.start();
    await sleep(500);
  });
  return last;
}
