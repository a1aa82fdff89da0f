/** Removes the stored answers of webhooks that nobody repeats any more. */
import type { Pool } from "pg";
import { sleep, startWorker, type Worker } from "../work/worker.ts";

/** What {@link startPurge} is given. */
export interface PurgeSettings {
  readonly pool: Pool;
  /** How often it begins, in milliseconds: a minute by default. */
  readonly everyMs?: number;
  /** How many rows go at once: 500 by default. */
  readonly batch?: number;
  /** The pause between two batches, in milliseconds: 100 by default. Webhooks are written meanwhile. */
  readonly pauseMs?: number;
}

/** How long an answer is kept, in hours. */
export const KEPT_HOURS = 24;

/** Rows that somebody else removes or reads with a lock are left to them. */
const PURGE = `
with old as materialized (
  select signed_hash from public.processed_webhook_events
  where processed_at < now() - $2 * interval '1 hour'
  order by processed_at
  limit $1
  for update skip locked
)
delete from public.processed_webhook_events p using old where p.signed_hash = old.signed_hash`;

/** Starts removing. Any number of processes may do so at once. */
export function startPurge({ pool, everyMs = 60_000, batch = 500, pauseMs = 100 }: PurgeSettings): Worker {
  const run = async (signal: AbortSignal) => {
    const hasMore = (await purgeAnswers(pool, batch)) === batch;
    if (hasMore) await sleep(pauseMs, signal);
    return hasMore;
  };
  return startWorker({ name: "purge", everyMs, run });
}

/**
 * Removes the oldest of the answers that are older than {@link KEPT_HOURS}.
 *
 * @returns how many were removed
 * @throws Error of `pg`
 */
export async function purgeAnswers(pool: Pool, limit: number): Promise<number> {
  const { rowCount } = await pool.query(PURGE, [limit, KEPT_HOURS]);
  return rowCount ?? 0;
}
