/** Every kind of fault of the database, one after the other, while two handlers on one spool answer webhooks. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseFaults } from "../support/handler/database-faults.ts";
import { type HandlerSite, handlerMetric, makeHandlerSite } from "../support/handler/handler-process.ts";
import { newWebhooks } from "../support/handler/new-webhooks.ts";
import { type Outcome, sendWebhooks } from "../support/handler/send-webhooks.ts";
import { sized } from "../support/test-form.ts";

/** The faults, one after the other, each under a load of its own. */
const ROUNDS = sized(12, 40);
/** The webhooks that each handler gets in a round. */
const WEBHOOKS = 250;
const CONNECTIONS = 16;

let site: HandlerSite;
beforeAll(async () => {
  site = await makeHandlerSite({ handlers: 2 });
});
afterAll(() => site.close());

test("under one fault of the database after the other, two handlers answer in time, lose no webhook and store none twice", async () => {
  const handlers = [await site.start(0), await site.start(1)];
  const sent = ROUNDS * handlers.length * WEBHOOKS;
  const faults = Object.values(databaseFaults(site.postgres, site.environment.DATABASE_URL ?? ""));
  const outcomes: Outcome[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const loads = handlers.map(({ port }) =>
      sendWebhooks(newWebhooks(site.manifest, WEBHOOKS), { port, connections: CONNECTIONS }),
    );
    await faults[round % faults.length]?.();
    outcomes.push(...(await Promise.all(loads)).flat());
  }
  expect(outcomes).toHaveLength(sent);
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set([200, 204]));
  expect(outcomes.filter(({ milliseconds }) => milliseconds >= 5_000)).toEqual([]);

  await site.until("select count(*) from omni_events", sent, 180_000);
  for (const handler of handlers) expect(await handlerMetric(handler, "hub_spool_depth")).toBe(0);
  expect(await site.count("select count(*) from processed_webhook_events")).toBe(sent);
  expect(await site.count("select (select count(*) from twilio_calls) + (select count(*) from twilio_sms)")).toBe(sent);
  // A cause that comes and goes is told once, and its end once.
  const alerts = site.cloud.discord.state.messages.map(({ content }) => content ?? "");
  expect(alerts.filter((alert) => !alert.includes(": over after ")).length).toBeLessThanOrEqual(1);
  expect(alerts.length).toBeLessThanOrEqual(2);
});
