/**
 * Connection overrides: a URL's fragment sets how often Twilio retries, and after which failures.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
import type { WebhookAttempt } from "./webhook.ts";

/** The conditions for sending a webhook to the same URL again. */
export interface RetryPolicy {
  readonly retries: number;
  /** Whether Twilio retries after this failure. */
  covers(attempt: WebhookAttempt): boolean;
}

const NEVER: RetryPolicy = { retries: 0, covers: () => false };

/**
 * Reads the retry policy of a URL. `rc` is the number of retries, 0 to 5 (default: 1). `rp` lists the failures to retry after: `4xx`,
 * `5xx`, `ct`, `rt` or `all` (default: `ct`).
 *
 * There are two differences from Twilio. A URL with neither `rc` nor `rp` is not retried here, so that the next attempt is the
 * fallback; Twilio retries a failed connection once. Here `ct` and `rt` each cover both time-outs and failed connections.
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
