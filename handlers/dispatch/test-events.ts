/** Events for the tests of the outbox and of the alerts. */
import type { Pool } from "pg";
import { newSid } from "../storage/testing/records.ts";

/** An event's row, as the tests read it. */
export interface EventRow {
  readonly state: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly isDue: boolean;
  /** The time until it is due, in milliseconds. */
  readonly dueInMs: number;
  readonly isAlerted: boolean;
}

/** Inserts a waiting event and returns its SID. `changes` is SQL for an `update … set`. */
export async function insertEvent(
  pool: Pool,
  changes = "",
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const sid = newSid("SM");
  await pool.query(
    `insert into public.omni_events (sid, kind, step, host, parameters, received_at, dispatch_state)
     values ($1, 'inbound-text', 'received', 'canonical', $2, '2026-11-22T10:00:00Z', 'waiting')`,
    [sid, { MessageSid: sid, From: "+12125550123", To: "+19497798471", ...parameters }],
  );
  if (changes !== "") await changeEvent(pool, sid, changes);
  return sid;
}

/** Changes an event. */
export async function changeEvent(pool: Pool, sid: string, changes: string): Promise<void> {
  await pool.query(`update public.omni_events set ${changes} where sid = $1`, [sid]);
}

/**
 * Reads an event.
 *
 * @throws Error if no event has the SID
 */
export async function readEventRow(pool: Pool, sid: string): Promise<EventRow> {
  const { rows } = await pool.query<EventRow>(
    `select dispatch_state as state, dispatch_attempts as attempts, dispatch_error as error, dispatch_after <= now() as "isDue",
       (extract(epoch from dispatch_after - now()) * 1000)::float8 as "dueInMs", alerted_at is not null as "isAlerted"
     from public.omni_events where sid = $1`,
    [sid],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`no event has the SID ${sid}`);
  return row;
}

/** Removes every event. */
export async function clearEvents(pool: Pool): Promise<void> {
  await pool.query("delete from public.omni_events");
}
