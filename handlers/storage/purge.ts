/** Removes stored answers once Twilio cannot repeat their webhooks. */
import type { Pool } from "pg";
import { sleep, startWorker, type Worker } from "../worker/worker.ts";

/** The settings of {@link startPurge}. */
export interface PurgeSettings {
  readonly pool: Pool;
  /** The interval, in milliseconds. Default: a minute. */
  readonly everyMs?: number;
  /** The most rows that one statement removes. Default: 500. */
  readonly batch?: number;
  /** The pause between two batches, in milliseconds, in which webhooks are written. Default: 100. */
  readonly pauseMs?: number;
}

/** The time for which an answer is kept, in hours. */
export const KEPT_HOURS = 24;

/** Skips rows that another process has locked. */
const PURGE = `
with old as materialized (
  select signed_hash from public.processed_webhook_events
  where processed_at < now() - $2 * interval '1 hour'
  order by processed_at
  limit $1
  for update skip locked
)
delete from public.processed_webhook_events p using old where p.signed_hash = old.signed_hash`;

/** Starts the worker. Any number of processes may run it at once. */
export function startPurge({ pool, everyMs = 60_000, batch = 500, pauseMs = 100 }: PurgeSettings): Worker {
  const run = async (signal: AbortSignal) => {
    const hasMore = (await purgeAnswers(pool, batch)) === batch;
    if (hasMore) await sleep(pauseMs, signal);
    return hasMore;
  };
  return startWorker({ name: "purge", everyMs, run });
}

/**
 * Removes up to `limit` answers that are older than {@link KEPT_HOURS}, the oldest first.
 *
 * @returns the number of removed answers
 * @throws Error of `pg`
 */
export async function purgeAnswers(pool: Pool, limit: number): Promise<number> {
  const { rowCount } = await pool.query(PURGE, [limit, KEPT_HOURS]);
  return rowCount ?? 0;
}
