import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningHandler } from "../../tools/loopback/running-handler.ts";
import { type HandlerSite, makeHandlerSite } from "../support/handler/handler-process.ts";
import { newWebhooks } from "../support/handler/new-webhooks.ts";
import { type Outcome, sendWebhooks } from "../support/handler/send-webhooks.ts";
import { sized } from "../support/test-form.ts";

const WEBHOOKS = sized(1_600, 4_000);
const CONNECTIONS = 32;

let site: HandlerSite;
beforeAll(async () => {
  site = await makeHandlerSite();
});
afterAll(() => site.close());

const isAnswered = ({ status }: Outcome) => status === 200 || status === 204;

test.each([
  ["killed under load", false, (handler: RunningHandler) => handler.kill()],
  ["killed under load during an outage of the database", true, (handler: RunningHandler) => handler.kill()],
  ["stopped under load", false, (handler: RunningHandler) => handler.stop()],
])(
  "the handler is %s: answered webhooks are stored once, and so are the others after they are sent again",
  async (_what, isAway, end) => {
    const before = await site.count("select count(*) from omni_events");
    const handler = await site.start();
    const webhooks = newWebhooks(site.manifest, WEBHOOKS);
    let ended = false;
    const outcomes = await sendWebhooks(webhooks, {
      port: handler.port,
      connections: CONNECTIONS,
      onAnswer: (answered) => {
        if (isAway && answered === WEBHOOKS / 8) void site.postgres.stop();
        if (answered >= WEBHOOKS / 2 && !ended) ended = end(handler);
      },
    });
    const answered = outcomes.filter(isAnswered);
    expect(answered.length).toBeGreaterThanOrEqual(WEBHOOKS / 2 - CONNECTIONS);
    expect(answered.length).toBeLessThan(WEBHOOKS);
    if (isAway) await site.postgres.start();
    await handler.close();

    const next = await site.start();
    // The answered webhooks are in the database, or get there from the spool without being sent again.
    await site.until(`select (count(*) >= ${before + answered.length})::int from omni_events`, 1);
    const rest = outcomes.filter((outcome) => !isAnswered(outcome)).map(({ request }) => request);
    const resent = await sendWebhooks(rest, { port: next.port, connections: CONNECTIONS });
    expect(resent.filter((outcome) => !isAnswered(outcome))).toEqual([]);
    await site.until("select count(*) from omni_events", before + WEBHOOKS);
    await sleep(200);
    expect(await site.count("select count(*) from omni_events")).toBe(before + WEBHOOKS);
    expect(await site.count("select count(*) from processed_webhook_events")).toBe(before + WEBHOOKS);
    await next.close();
  },
);
