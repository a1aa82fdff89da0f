/**
 * How often Twilio retries, and after which failures: a Setting says so, or else the connection overrides in a URL's fragment.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
import type { Connection } from "../configuration/resources.ts";
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
  return policyOf(Math.min(Number(count ?? 1) || 0, 5), new Set((policy ?? "ct").split(",")));
}

const FRAGMENT_NAMES = {
  HTTP_4XX: "4xx",
  HTTP_5XX: "5xx",
  CONNECTION_TIMEOUT: "ct",
  READ_TIMEOUT: "rt",
  ALL: "all",
} as const;

/** The retry policy of a Setting. It takes the place of the URL's, also if the Setting has none: then nothing is retried. */
export function settingRetryPolicy({ retryPolicy: policy }: Partial<Connection> = {}): RetryPolicy {
  if (policy === undefined) return NEVER;
  return policyOf(policy.retryCount, new Set(policy.retryOn.map((name) => FRAGMENT_NAMES[name])));
}

function policyOf(retries: number, kinds: ReadonlySet<string>): RetryPolicy {
  return {
    retries,
    covers: ({ status }) => kinds.has("all") || [...kindsOf(status)].some((kind) => kinds.has(kind)),
  };
}

function kindsOf(status: number | undefined): readonly string[] {
  if (status === undefined) return ["ct", "rt"];
  return status >= 500 ? ["5xx"] : ["4xx"];
}
