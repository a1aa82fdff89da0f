/**
 * Connection overrides: a URL's fragment tells Twilio how often to retry, and after which failures.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
import type { WebhookAttempt } from "./webhook.ts";

/** When a webhook is sent again to the same URL. */
export interface RetryPolicy {
  readonly retries: number;
  /** Whether this failure is one after which Twilio retries. */
  covers(attempt: WebhookAttempt): boolean;
}

const NEVER: RetryPolicy = { retries: 0, covers: () => false };

/**
 * The retry policy of a URL: `rc`, 0 to 5, one unless given; `rp`, any of `4xx`, `5xx`, `ct`, `rt` and `all`, `ct` unless given. A URL
 * whose fragment has neither is not retried here, so that the fallback is the next attempt; Twilio itself retries a failed connection
 * once. Time-outs and failed connections are not told apart: `ct` and `rt` cover both.
 */
export function retryPolicy(url: string): RetryPolicy {
  const overrides = new URLSearchParams(url.split("#")[1] ?? "");
  const count = overrides.get("rc");
  const policy = overrides.get("rp");
  if (count === null && policy === null) return NEVER;
  const kinds = new Set((policy ?? "ct").split(","));
  return {
    retries: Math.min(Number(count ?? 1) || 0, 5),
    covers: ({ status }) => kinds.has("all") || [...kindsOf(status)].some((kind) => kinds.has(kind)),
  };
}

function kindsOf(status: number | undefined): readonly string[] {
  if (status === undefined) return ["ct", "rt"];
  return status >= 500 ? ["5xx"] : ["4xx"];
}
