/**
 * Bringing one event to its URLs: retries, then the fallback.
 * Source: https://www.twilio.com/docs/usage/security/availability-reliability
 */
import { randomUUID } from "node:crypto";
import { retryPolicy } from "./connection-overrides.ts";
import type { Endpoint } from "./endpoints.ts";
import {
  sendWebhook,
  type WebhookAttempt,
  type WebhookParams,
  type WebhookRequest,
  type WebhookSource,
  withoutFragment,
} from "./webhook.ts";

/** What came of an event. */
export interface Delivery {
  /** The SID of what the event is about: the call, the text, the recording or the transcription. */
  readonly sid: string;
  /** Every request that was sent, in order. The last one decides. None where nothing is registered. */
  readonly attempts: readonly WebhookAttempt[];
  /** The trunk or application that takes the event instead of the number's URLs. */
  readonly takenBy?: string;
}

/** Calls the primary URL, with the retries that its fragment asks for, and after a failure the fallback URL with the error. */
export async function deliver(
  source: WebhookSource,
  endpoints: readonly Endpoint[],
  params: WebhookParams,
): Promise<WebhookAttempt[]> {
  const [primary, fallback] = endpoints;
  if (primary === undefined || primary.url === "") return [];
  // One token for all attempts of one event: that is how Twilio lets a receiver tell a repeat.
  const headers = { "I-Twilio-Idempotency-Token": randomUUID() };
  const attempts = await withRetries(source, { ...primary, params, headers });
  if (isAnswered(attempts) || fallback === undefined || fallback.url === "") return attempts;
  // https://www.twilio.com/docs/api/errors/11200
  const failure = { ErrorCode: "11200", ErrorUrl: withoutFragment(primary.url) };
  return [...attempts, ...(await withRetries(source, { ...fallback, params: { ...params, ...failure }, headers }))];
}

async function withRetries(source: WebhookSource, webhook: WebhookRequest): Promise<WebhookAttempt[]> {
  const policy = retryPolicy(webhook.url);
  const attempts = [await sendWebhook(source, webhook)];
  let last = attempts[0];
  while (last && hasFailed(last) && attempts.length <= policy.retries && policy.covers(last)) {
    last = await sendWebhook(source, webhook);
    attempts.push(last);
  }
  return attempts;
}

/** Whether the last attempt got an answer that is no error. */
export function isAnswered(attempts: readonly WebhookAttempt[]): boolean {
  const last = attempts.at(-1);
  return last !== undefined && !hasFailed(last);
}

function hasFailed({ status }: WebhookAttempt): boolean {
  return status === undefined || status >= 400;
}
