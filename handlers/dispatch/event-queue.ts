/** The outbox of events: claims the events that wait, and records the outcomes. */
import type { Pool } from "pg";
import { z } from "zod";
import type { DispatchOutcome } from "./gateway.ts";

/** An event that this process has claimed. */
export interface ClaimedEvent extends z.infer<typeof ClaimedRow> {}

/**
 * Claims events. It counts the attempt at its start, so that an attempt which ends the process counts too, and clears the reason of the
 * earlier attempt. The rows are locked in a materialized CTE, because the planner might otherwise choose rows more than once.
 */
const CLAIM = `
with due as materialized (
  select sid, kind, step from public.omni_events
  where dispatch_state = 'waiting' and dispatch_after <= now()
  order by sequence
  limit $1
  for no key update skip locked
)
update public.omni_events e set
  dispatch_attempts = dispatch_attempts + 1,
  dispatch_after = now() + $2 * interval '1 millisecond',
  dispatch_error = null
from due
where e.sid = due.sid and e.kind = due.kind and e.step = due.step
returning e.sid, e.kind, e.step, e.event_id as "eventId", e.parameters, e.received_at as "receivedAt", e.dispatch_attempts as attempt`;

const ClaimedRow = z.object({
  sid: z.string(),
  kind: z.string(),
  step: z.string(),
  eventId: z.string(),
  parameters: z.record(z.string(), z.unknown()),
  receivedAt: z.date(),
  /** The number of this attempt, from 1. */
  attempt: z.number(),
});

/**
 * Claims up to `limit` events, the oldest first. No other process gets them until the lease ends.
 *
 * @param leaseMs the longest time that an attempt may take, in milliseconds
 * @throws the `pg` error if the database does not answer
 */
export async function claimEvents(pool: Pool, limit: number, leaseMs: number): Promise<ClaimedEvent[]> {
  const { rows } = await pool.query({ name: "claim-events", text: CLAIM, values: [limit, leaseMs] });
  return rows.map((row) => ClaimedRow.parse(row));
}

/** The changes of each outcome. `done` is final, even if another process still tries. Only the latest attempt writes any other outcome. */
const DONE = "dispatch_state = 'done', dispatched_at = now(), dispatch_error = null";
// Clears alerted_at: people may know that the event keeps failing, but not yet that it is parked.
const PARKED = "dispatch_state = 'parked', dispatch_error = $5, alerted_at = null";
const RETRIED = "dispatch_after = now() + $6 * interval '1 millisecond', dispatch_error = $5";
const RELEASED = "dispatch_after = now(), dispatch_attempts = dispatch_attempts - 1";

const settle = (changes: string, further = "") =>
  `update public.omni_events set ${changes} where sid = $1 and kind = $2 and step = $3 ${further}`;
const IS_LAST_ATTEMPT = "and dispatch_state = 'waiting' and dispatch_attempts = $4";

/**
 * Writes the outcome of an attempt.
 *
 * @param pauseMs the pause before a `retried` event is due again, in milliseconds
 * @throws the `pg` error if the database does not answer
 */
export async function settleEvent(
  pool: Pool,
  { sid, kind, step, attempt }: Pick<ClaimedEvent, "sid" | "kind" | "step" | "attempt">,
  outcome: DispatchOutcome,
  pauseMs: number,
): Promise<void> {
  const key = [sid, kind, step];
  switch (outcome.kind) {
    case "done":
      await pool.query(settle(DONE), key);
      return;
    case "released":
      await pool.query(settle(RELEASED, IS_LAST_ATTEMPT), [...key, attempt]);
      return;
    case "parked":
      await pool.query(settle(PARKED, IS_LAST_ATTEMPT), [...key, attempt, outcome.reason]);
      return;
    case "retried":
      await pool.query(settle(RETRIED, IS_LAST_ATTEMPT), [...key, attempt, outcome.reason, pauseMs]);
  }
}
