/** A load of webhooks as Twilio sends them: at a constant rate, each signed as the Rule says that applies to its URL at that moment. */
import { setTimeout as pause } from "node:timers/promises";
import type { Manifest } from "../../../hub/manifest.ts";
import type { AnsweredEvent } from "../../../hub/urls/routes.ts";
import type { LoopbackCloud } from "../../../loopback/cloud.ts";
import type { WebhookAttempt } from "../../../loopback/twilio/webhooks/webhook.ts";
import { freshParameters, urlOf } from "../handler/new-webhooks.ts";

const EVENTS: readonly AnsweredEvent[] = ["inbound-call", "call-status", "inbound-text", "text-status"];

/** The most webhooks under way at once. A machine that is busy with something else gets fewer a second, and no backlog. */
const MOST_UNDER_WAY = 32;

/** Sends so many webhooks a second until it is stopped, and returns a function that stops it and returns every webhook with its answer. */
export function startWebhookLoad(
  cloud: LoopbackCloud,
  manifest: Manifest,
  perSecond: number,
): () => Promise<readonly WebhookAttempt[]> {
  const attempts: WebhookAttempt[] = [];
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();
  let sent = 0;
  const send = async (event: AnsweredEvent) => {
    const { url } = urlOf(manifest, event);
    const params = { ...freshParameters(event), AccountSid: cloud.twilio.state.accountSid };
    attempts.push(await cloud.sendWebhook({ url, params }));
  };
  const sending = (async () => {
    let begun = performance.now();
    while (!stopped.signal.aborted) {
      const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
      for (; sent < due && underWay.size < MOST_UNDER_WAY; sent += 1) {
        const one = send(EVENTS[sent % EVENTS.length] ?? "inbound-call");
        underWay.add(one);
        void one.finally(() => underWay.delete(one));
      }
      // The rate is not made up for later.
      if (underWay.size >= MOST_UNDER_WAY) begun = performance.now() - (sent / perSecond) * 1000;
      await pause(5);
    }
  })();
  return async () => {
    stopped.abort();
    await sending;
    await Promise.all(underWay);
    return attempts;
  };
}
