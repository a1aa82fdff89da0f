/** The drain of the spool into the database, in the order of the spool. */
import type { Pool } from "pg";
import { logError, logInfo } from "../log/log.ts";
import { spoolDepth, spoolRefused } from "../log/metrics.ts";
import { isAway, isRefusal } from "./database.ts";
import { rowOf } from "./record.ts";
import type { Spool, Spooled } from "./spool.ts";
import type { Store } from "./store.ts";
import { writeWebhooks } from "./write-webhooks.ts";

const MAX_WEBHOOKS = 200;

/** What the drain works on. */
export interface Drain {
  readonly pool: Pool;
  readonly spool: Spool;
  readonly store: Pick<Store, "isDatabaseUp" | "noteDatabase">;
}

/**
 * Asks a database that is away whether it is back, writes the oldest of the spool into it, and forgets them. Several processes may drain the
 * same spool: what is written twice is stored once.
 *
 * @returns whether more wait
 * @throws Error of `pg` where the database is away: everything stays in the spool then
 */
export async function drainSpool(drain: Drain): Promise<boolean> {
  const { pool, spool, store } = drain;
  if (!store.isDatabaseUp()) await heard(store, pool.query("select 1"));
  const oldest = inOneStatement(spool.oldest(MAX_WEBHOOKS));
  if (oldest.length > 0) await write(drain, oldest);
  const depth = spool.depth();
  spoolDepth.set(depth);
  if (oldest.length > 0) logInfo("drained the spool", { webhooks: oldest.length, left: depth });
  // What is locked stays at the head, and is tried again after a pause.
  return depth > 0 && spool.oldest(1)[0]?.place !== oldest[0]?.place;
}

/** What the database says tells whether it is there; that it refuses something, or that a row is locked, does too. */
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

/** As many from the start as have rows of their own. */
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
    // One that is refused, or whose row is locked, takes the others of its statement down; alone, each shows which it is.
    if (others.length > 0) for (const one of spooled) await write(drain, [one]);
    else if (first !== undefined && isRefusal(error)) setAside(drain.spool, first, error);
    return;
  }
  drain.spool.remove(spooled);
}

function setAside(spool: Spool, spooled: Spooled, error: unknown): void {
  logError("the database refuses a webhook; it is kept in the spool's table refused", error, {
    sid: spooled.record.event.sid,
  });
  spool.setAside(spooled, error instanceof Error ? error.message : String(error));
  spoolRefused.set(spool.refused().length);
}
