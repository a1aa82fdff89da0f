/**
 * The delivery of one event: the URL with its retries, then the fallback.
 * Source: https://www.twilio.com/docs/usage/security/availability-reliability
 */
import { randomUUID } from "node:crypto";
import { type AppliedSetting, nextSetting } from "../configuration/applied-setting.ts";
import { retryPolicy, settingRetryPolicy } from "./connection-overrides.ts";
import type { Endpoint } from "./endpoints.ts";
import {
  sendWebhook,
  type WebhookAttempt,
  type WebhookParams,
  type WebhookRequest,
  type WebhookSource,
  withoutFragment,
} from "./webhook.ts";

/** The result of delivering an event. */
export interface Delivery {
  /** The SID of the event's call, text, recording or transcription. */
  readonly sid: string;
  /** Every request that was sent, in order. The last one decides. Empty if no URL is registered. */
  readonly attempts: readonly WebhookAttempt[];
  /** The SID of the trunk, application or messaging service that handles the event instead of the number's URLs. */
  readonly takenBy?: string;
}

/**
 * Sends an event to the primary URL, with the retries of its Setting or of the URL's fragment. After a failure, sends it and the error to the fallback URL.
 *
 * @param endpoints the primary URL and the fallback; either may be missing or empty
 * @returns every request that was sent; none without a primary URL
 */
export async function deliver(
  source: WebhookSource,
  endpoints: readonly Endpoint[],
  params: WebhookParams,
): Promise<WebhookAttempt[]> {
  const [primary, fallback] = endpoints;
  if (primary === undefined || primary.url === "") return [];
  // All attempts of one event have the same token, so that a receiver can recognise a repeat.
  const headers = { "I-Twilio-Idempotency-Token": randomUUID() };
  const attempts = await withRetries(source, { ...primary, params, headers });
  if (isAnswered(attempts) || fallback === undefined || fallback.url === "") return attempts;
  // https://www.twilio.com/docs/api/errors/11200
  const failure = { ErrorCode: "11200", ErrorUrl: withoutFragment(primary.url) };
  return [...attempts, ...(await withRetries(source, { ...fallback, params: { ...params, ...failure }, headers }))];
}

async function withRetries(source: WebhookSource, webhook: WebhookRequest): Promise<WebhookAttempt[]> {
  const applied = nextSetting(source.account.webhooks, withoutFragment(webhook.url));
  const policy = applied === undefined ? retryPolicy(webhook.url) : settingRetryPolicy(applied.setting.connection);
  const limit = AbortSignal.timeout(totalTimeoutMs(applied));
  const attempts: WebhookAttempt[] = [];
  let last: WebhookAttempt | undefined;
  do {
    last = await sendWebhook(source, webhook, applied, limit);
    attempts.push(last);
  } while (hasFailed(last) && !limit.aborted && attempts.length <= policy.retries && policy.covers(last));
  return attempts;
}

/** The time of all attempts together, in milliseconds. Twilio's limit is 60 seconds. */
function totalTimeoutMs(applied: AppliedSetting | undefined): number {
  return applied?.setting.connection?.totalTimeoutMs ?? 60_000;
}

/** Whether the last attempt got an answer with a status below 400. */
export function isAnswered(attempts: readonly WebhookAttempt[]): boolean {
  const last = attempts.at(-1);
  return last !== undefined && !hasFailed(last);
}

function hasFailed({ status }: WebhookAttempt): boolean {
  return status === undefined || status >= 400;
}
