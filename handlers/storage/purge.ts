/** Removes stored answers once Twilio cannot repeat their webhooks. */
import type { Pool } from "pg";
import { z } from "zod";
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

/**
 * Rows that another process has locked are skipped. The rows are removed by their places (`ctid`), which cannot change while they are locked: a
 * join by the hash may read the whole table.
 */
const PURGE = `
with old as materialized (
  select ctid, processed_at from public.processed_webhook_events
  where processed_at >= $3::timestamptz - $4 * interval '1 hour' and processed_at < now() - $2 * interval '1 hour'
  order by processed_at
  limit $1
  for update skip locked
), removed as (
  delete from public.processed_webhook_events where ctid = any (array(select ctid from old)) returning 1
)
select (select count(*)::int from removed) as removed, (select max(processed_at)::text from old) as reached`;

const Purged = z.object({ removed: z.number(), reached: z.string().nullable() });

/** The hours before the reached position that are searched again, for rows that were locked. A row is locked for seconds at most. */
const SEARCHED_AGAIN_HOURS = 1;

/** A purge. It remembers how far it came, because the index holds removed rows until a vacuum, and each batch would pass over all of them. */
export interface Purge {
  /**
   * Removes some answers that are older than {@link KEPT_HOURS}, the oldest first, at a cost that does not depend on how many there are.
   *
   * @param limit the most answers to remove
   * @returns whether there may be more to remove now
   * @throws Error of `pg`
   */
  batch(limit: number): Promise<boolean>;
}

/** Makes a purge. Any number of processes may run one at once. */
export function createPurge(pool: Pool): Purge {
  let reached = "-infinity";
  let isUnderWay = false;
  return {
    batch: async (limit) => {
      const again = isUnderWay ? 0 : SEARCHED_AGAIN_HOURS;
      const { rows } = await pool.query(PURGE, [limit, KEPT_HOURS, reached, again]);
      const purged = Purged.parse(rows[0]);
      reached = purged.reached ?? reached;
      isUnderWay = purged.removed === limit;
      return isUnderWay;
    },
  };
}

/** Starts the worker. Any number of processes may run it at once. */
export function startPurge({ pool, everyMs = 60_000, batch = 500, pauseMs = 100 }: PurgeSettings): Worker {
  const purge = createPurge(pool);
  const run = async (signal: AbortSignal) => {
    const hasMore = await purge.batch(batch);
    if (hasMore) await sleep(pauseMs, signal);
    return hasMore;
  };
  return startWorker({ name: "purge", everyMs, run });
}
