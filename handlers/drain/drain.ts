/** Drains the spool into the database, in the spool's order. */
import type { Pool } from "pg";
import { logError, logInfo } from "../log/log.ts";
import { spoolDepth, spoolRefused } from "../log/metrics.ts";
import { isAway, isRefusal } from "../storage/database.ts";
import { rowOf } from "../spool/record.ts";
import type { Spool, Spooled } from "../spool/spool.ts";
import type { Store } from "../storage/store.ts";
import { writeWebhooks } from "../storage/write-webhooks.ts";

const MAX_WEBHOOKS = 200;

/** The spool to drain, and the database that it drains into. */
export interface Drain {
  readonly pool: Pool;
  readonly spool: Spool;
  readonly store: Pick<Store, "isDatabaseUp" | "noteDatabase">;
}

/**
 * Writes the oldest webhooks of the spool into the database and removes them from the spool. If the database was away, it is queried first.
 * Several processes may drain the same spool: a webhook that is written twice is stored once.
 *
 * @returns whether there are more webhooks to write now
 * @throws Error of `pg` if the database is away: everything then stays in the spool
 */
export async function drainSpool(drain: Drain): Promise<boolean> {
  const { pool, spool, store } = drain;
  if (!store.isDatabaseUp()) await heard(store, pool.query("select 1"));
  const oldest = inOneStatement(spool.oldest(MAX_WEBHOOKS));
  if (oldest.length > 0) await write(drain, oldest);
  const depth = spool.depth();
  spoolDepth.set(depth);
  if (oldest.length > 0) logInfo("drained the spool", { webhooks: oldest.length, left: depth });
  // A webhook whose row is locked stays at the head, and is tried again after a pause.
  return depth > 0 && spool.oldest(1)[0]?.place !== oldest[0]?.place;
}

/** Awaits an answer of the database, and notes whether it is up. Any answer proves that it is, even a refusal or a lock time-out. */
async function heard<Outcome>(store: Drain["store"], outcome: Promise<Outcome>): Promise<Outcome> {
  try {
    const result = await outcome;
    store.noteDatabase(undefined);
    return result;
  } catch (error) {
    if (isAway(error)) store.noteDatabase(error);
    throw error;
  }
}

/** The longest start of the list in which no two webhooks have the same row. */
function inOneStatement(spooled: readonly Spooled[]): Spooled[] {
  const rows = new Set<string>();
  const end = spooled.findIndex(({ record }) => rows.size === rows.add(rowOf(record)).size);
  return spooled.slice(0, end === -1 ? spooled.length : end);
}

async function write(drain: Drain, spooled: readonly Spooled[]): Promise<void> {
  const records = spooled.map(({ record }) => record);
  try {
    await heard(drain.store, writeWebhooks(drain.pool, records, true));
  } catch (error) {
    if (isAway(error)) throw error;
    const [first, ...others] = spooled;
    // A refused or locked row fails its whole statement. Writing each webhook alone shows which one it was.
    if (others.length > 0) for (const one of spooled) await write(drain, [one]);
    else if (first !== undefined && isRefusal(error)) setAside(drain.spool, first, error);
    return;
  }
  drain.spool.remove(spooled);
}

function setAside(spool: Spool, spooled: Spooled, error: unknown): void {
  logError("the database refused a webhook; it is kept in the spool's table `refused`", error, {
    sid: spooled.record.event.sid,
  });
  spool.setAside(spooled, error instanceof Error ? error.message : String(error));
  spoolRefused.set(spool.refused().length);
}
