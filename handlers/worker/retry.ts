/** The pauses before another try, and the names of failures. */

/** Pauses that double from `fromMs` up to `toMs`, in milliseconds. */
export interface Backoff {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The longest pause that is accepted from `Retry-After`, in milliseconds. */
export const MAX_RETRY_AFTER_MS = 3_600_000;

/** The longest reason that is stored, in characters. */
export const MAX_REASON_LENGTH = 300;

/**
 * The pause after a failed attempt, in milliseconds. Half of it is random, so that things that failed together are not tried again together.
 *
 * @param attempt the number of the attempt, from 1
 * @param random a number from 0 up to 1
 */
export function backoffMs(attempt: number, { fromMs, toMs }: Backoff, random = Math.random): number {
  const longest = Math.min(toMs, fromMs * 2 ** (attempt - 1));
  return Math.round(longest / 2 + (longest / 2) * random());
}

/**
 * The pause in `Retry-After`, in milliseconds, at most {@link MAX_RETRY_AFTER_MS}; undefined if it is missing or malformed.
 * Source: https://www.rfc-editor.org/rfc/rfc9110.html#name-retry-after
 */
export function retryAfterMs(header: string | null, now = Date.now()): number | undefined {
  if (header === null) return undefined;
  const asked = /^\d+$/.test(header) ? Number(header) * 1000 : dateOf(header) - now;
  return Number.isNaN(asked) ? undefined : Math.min(Math.max(asked, 0), MAX_RETRY_AFTER_MS);
}

/** An HTTP date, in milliseconds since 1970. Without the check, `Date.parse` would read almost any text with a digit as a date. */
function dateOf(header: string): number {
  return header.endsWith(" GMT") ? Date.parse(header) : Number.NaN;
}

/** The reason why a request got no answer: a time-out, or the code of a network error. The error's message is left out: it may quote the URL. */
export function failureOf(error: unknown, depth = 0): string {
  if (!(error instanceof Error) || depth > 5) return "no answer";
  if (error.name === "TimeoutError") return "no answer in time";
  if ("code" in error && typeof error.code === "string") return `no answer (${error.code})`;
  return failureOf(error.cause, depth + 1);
}

/** A text as a reason for storage: one line without control characters, at most {@link MAX_REASON_LENGTH} characters long. */
export function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.slice(0, MAX_REASON_LENGTH).toWellFormed();
}
