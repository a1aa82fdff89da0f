/** The records of the alerts that the database knows: one open record for each cause. A trouble is counted in one record, once. */
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { inTransaction } from "../storage/transaction.ts";
import { isTroubleName, TROUBLE_CAUSES, TROUBLE_NAMES, type TroubleName } from "./trouble-causes.ts";

/** A trouble that an alert names. */
export type Named = z.infer<typeof NamedTrouble>;

/** A message about a record that people must get. */
export interface DueMessage extends Omit<z.infer<typeof DueRow>, "cause"> {
  readonly cause: TroubleName;
}

/** How many troubles a record names. */
export const NAMED = 3;

/** The key of the advisory lock: any number that nothing else uses in this database. */
const RECORDS_LOCK = 7_418_230_915;

/** How long a claim of messages lasts: longer than Discord's answer may take. */
const CLAIM_SECONDS = 30;

const NamedTrouble = z.object({ id: z.string(), state: z.string().nullable() });
const CountedRow = NamedTrouble.extend({ reason: z.string().nullable(), seenAt: z.date(), position: z.string() });

/** `excluded` is the batch. A record names the first few troubles since people were told. */
const RECORD = `
insert into public.hub_alerts as a (cause, count, first_seen_at, last_seen_at, named, reason) values ($1, $2, $3, $4, $5, $6)
on conflict (cause) where ended_at is null do update set
  count = a.count + excluded.count,
  first_seen_at = least(a.first_seen_at, excluded.first_seen_at),
  last_seen_at = greatest(a.last_seen_at, excluded.last_seen_at),
  named = case when jsonb_array_length(a.named) >= ${NAMED} then a.named else a.named || excluded.named end,
  reason = coalesce(excluded.reason, a.reason)`;

const END = "update public.hub_alerts set ended_at = clock_timestamp() where cause = $1 and ended_at is null";

const OPEN = "select cause from public.hub_alerts where ended_at is null";

/**
 * People are told at most once in `$1` minutes that a cause began or goes on, whatever its name. That it is over, they are told at once if they
 * know of it.
 */
const CLAIM = `
with last as (
  select coalesce(max(told_at) > clock_timestamp() - $1 * interval '1 minute', false) as is_recent,
    coalesce(max(claimed_until) > clock_timestamp(), false) as is_claimed
  from public.hub_alerts
)
update public.hub_alerts set claimed_until = clock_timestamp() + interval '${CLAIM_SECONDS} seconds'
from last
where not is_claimed and (
  (ended_at is not null and not told_end and (told_count > 0 or not is_recent))
  or (ended_at is null and count > told_count and not is_recent))
returning id, cause, count::float8 as count, told_count::float8 as "toldCount", named, reason, first_seen_at as "firstSeenAt",
  ended_at is not null as "isOver", extract(epoch from coalesce(ended_at, last_seen_at) - opened_at)::float8 as seconds`;

const DueRow = z.object({
  id: z.string(),
  cause: z.string().refine(isTroubleName),
  /** The troubles so far, and how many of them people know of. */
  count: z.number(),
  toldCount: z.number(),
  /** The first few that people do not know of. */
  named: z.array(NamedTrouble),
  reason: z.string().nullable(),
  firstSeenAt: z.date(),
  isOver: z.boolean(),
  /** From the opening to the end. */
  seconds: z.number(),
});

/** The time of the telling is for the pace. The end of a known cause does not count: it may be followed at once by another beginning. */
const TOLD = `
update public.hub_alerts set
  told_count = $2,
  told_end = $3,
  told_at = case when $3 and told_count > 0 then told_at else clock_timestamp() end,
  named = case when count = $2 then '[]' else named end,
  claimed_until = null
where id = $1`;

/**
 * Takes the rows from an index in its order. The planner's statistics do not know a backlog that came suddenly: it would expect a single row, and
 * read and sort the whole backlog for each batch.
 */
const IN_INDEX_ORDER = "set local enable_sort = off; set local enable_bitmapscan = off";

const RELEASE = "update public.hub_alerts set claimed_until = null where id = any($1)";

/** The place from which a cause's rows are counted: a search from the start would pass over all rows that were counted just before. */
export type Positions = Map<TroubleName, string>;

/**
 * Counts up to `limit` troubles of a cause in its record, and opens one if needed.
 *
 * @returns whether there may be more; undefined if another process uses the records
 * @throws the `pg` error if the database does not answer
 */
export function countTroubles(
  pool: Pool,
  cause: TroubleName,
  limit: number,
  positions: Positions,
): Promise<boolean | undefined> {
  const { count, start } = TROUBLE_CAUSES[cause];
  return alone(pool, async (client) => {
    await client.query(IN_INDEX_ORDER);
    const { rows } = await client.query(count, [limit, positions.get(cause) ?? start]);
    const troubles = rows.map((row) => CountedRow.parse(row));
    const last = troubles.at(-1);
    if (last === undefined) return false;
    const seen = troubles.map(({ seenAt }) => seenAt.getTime());
    const named = troubles.slice(0, NAMED).map(({ id, state }) => ({ id, state }));
    const reason = troubles.findLast((trouble) => trouble.reason !== null)?.reason ?? null;
    const times = [new Date(Math.min(...seen)), new Date(Math.max(...seen))];
    await client.query(RECORD, [cause, troubles.length, ...times, JSON.stringify(named), reason]);
    positions.set(cause, last.position);
    return troubles.length === limit;
  });
}

/** Ends the records whose causes are over. Returns undefined if another process uses them. */
export function endPast(pool: Pool): Promise<boolean | undefined> {
  return alone(pool, async (client) => {
    const { rows } = await client.query(OPEN);
    const open = rows.map((row) => String(row.cause));
    for (const cause of TROUBLE_NAMES.filter((name) => open.includes(name))) {
      const found = await client.query<{ yes: boolean }>(TROUBLE_CAUSES[cause].persists);
      if (found.rows[0]?.yes === false) await client.query(END, [cause]);
    }
    return true;
  });
}

/** Claims the messages that are due, all of them or none. No other process gets any for half a minute. */
export async function claimMessages(pool: Pool, minutesBetween: number): Promise<DueMessage[]> {
  const claimed = await alone(pool, async (client) => (await client.query(CLAIM, [minutesBetween])).rows);
  return (claimed ?? []).map((row) => DueRow.parse(row)).sort((a, b) => Number(a.id) - Number(b.id));
}

/** Notes that people have got the messages. */
export function noteTold(pool: Pool, messages: readonly DueMessage[]): Promise<void> {
  return inTransaction(pool, async (client) => {
    for (const { id, count, isOver } of messages) await client.query(TOLD, [id, count, isOver]);
  });
}

/** Makes messages that people have not got due again. */
export async function releaseMessages(pool: Pool, messages: readonly DueMessage[]): Promise<void> {
  await pool.query(RELEASE, [messages.map(({ id }) => id)]);
}

/**
 * Runs a transaction that no other process runs at the same time. The lock comes first, in a statement of its own: a statement sees what was
 * committed before it began, so later ones see what the last holder wrote.
 *
 * @returns undefined if another process has the lock
 */
function alone<Result>(pool: Pool, work: (client: PoolClient) => Promise<Result>): Promise<Result | undefined> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ yes: boolean }>("select pg_try_advisory_xact_lock($1) as yes", [
      RECORDS_LOCK,
    ]);
    return rows[0]?.yes === true ? work(client) : undefined;
  });
}
