/** A load of webhooks as Twilio sends them: at a constant rate, each signed as the Rule says that applies to its URL at that moment. */
import { setTimeout as pause } from "node:timers/promises";
import type { Manifest } from "../../../hub/manifest.ts";
import type { AnsweredEvent } from "../../../hub/urls/routes.ts";
import type { LoopbackCloud } from "../../../loopback/cloud.ts";
import { freshParameters, urlOf } from "../handler/new-webhooks.ts";

const EVENTS: readonly AnsweredEvent[] = ["inbound-call", "call-status", "inbound-text", "text-status"];

/** The webhooks that were sent. */
export interface SentWebhooks {
  readonly sent: number;
  /** The number of each answer's status, `none` if there was no answer. */
  readonly statuses: ReadonlyMap<string, number>;
}

/** Sends so many webhooks a second until it is stopped, and returns a function that stops it and waits for the last answers. */
export function startWebhookLoad(
  cloud: LoopbackCloud,
  manifest: Manifest,
  perSecond: number,
): () => Promise<SentWebhooks> {
  const statuses = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  const stopped = new AbortController();
  let sent = 0;
  const send = async (event: AnsweredEvent) => {
    const { url } = urlOf(manifest, event);
    const params = { ...freshParameters(event), AccountSid: cloud.twilio.state.accountSid };
    const { status } = await cloud.sendWebhook({ url, params });
    const key = String(status ?? "none");
    statuses.set(key, (statuses.get(key) ?? 0) + 1);
  };
  const sending = (async () => {
    const begun = performance.now();
    while (!stopped.signal.aborted) {
      const due = Math.floor(((performance.now() - begun) / 1000) * perSecond);
      for (; sent < due; sent += 1) {
        const one = send(EVENTS[sent % EVENTS.length] ?? "inbound-call");
        underWay.add(one);
        void one.finally(() => underWay.delete(one));
      }
      await pause(5);
    }
  })();
  return async () => {
    stopped.abort();
    await sending;
    await Promise.all(underWay);
    return { sent, statuses };
  };
}
