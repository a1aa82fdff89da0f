/** Finds the rows of calls and texts that somebody has locked, without waiting for them. */
import type { Pool } from "pg";
import { z } from "zod";

/** `for no key update` is the lock that a webhook's update takes. A row that it would have to wait for is left out of `free`. */
const LOCKED = `
with free_calls as (
  select call_sid from public.twilio_calls where call_sid = any($1) for no key update skip locked
), free_texts as (
  select message_sid from public.twilio_sms where message_sid = any($1) for no key update skip locked
)
select call_sid as row_key from public.twilio_calls
where call_sid = any($1) and call_sid not in (select call_sid from free_calls)
union all
select message_sid from public.twilio_sms
where message_sid = any($1) and message_sid not in (select message_sid from free_texts)`;

const LockedRow = z.object({ row_key: z.string() });

/**
 * The locked ones of these rows (`rowOf`).
 *
 * @throws Error of `pg`
 */
export async function lockedRows(pool: Pool, rows: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await pool.query(LOCKED, [rows]);
  return new Set(found.rows.map((row) => LockedRow.parse(row).row_key));
}
