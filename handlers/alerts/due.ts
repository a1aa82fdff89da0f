/** What people are to be told of, once each. Everything runs inside a sweep's transaction. */
import type { PoolClient } from "pg";
import { z } from "zod";
import type { OutboundTrouble, Trouble } from "./content.ts";

/** What is due for an alert. */
export interface Due {
  readonly events: readonly (Trouble & {
    readonly sid: string;
    readonly kind: string;
    readonly step: string;
    /** `parked` or `waiting`. */
    readonly state: string;
  })[];
  readonly recordings: readonly Trouble[];
  readonly outbound: readonly OutboundTrouble[];
}

/** After how many failed attempts an event that is still tried is told of. */
export const ALERT_AT_ATTEMPTS = 10;

/** Any number does that nobody else uses on this database. */
const SWEEP_LOCK = 7_418_230_915;

const LAST_ALERT = `
select coalesce(greatest(
  (select max(alerted_at) from public.omni_events where alerted_at is not null),
  (select max(alerted_at) from public.twilio_recordings where alerted_at is not null),
  (select max(alerted_at) from public.twilio_outbound where alerted_at is not null)
) > clock_timestamp() - $1 * interval '1 minute', false) as yes`;

const Yes = z.object({ yes: z.boolean() });

/**
 * Whether an alert may go out: no other process sweeps, and the last alert of any process is long enough ago. Until the transaction ends
 * nobody else gets the permission.
 *
 * @throws Error of `pg`
 */
export async function mayAlert(client: PoolClient, minutesBetween: number): Promise<boolean> {
  const ask = async (sql: string, value: number) => Yes.parse((await client.query(sql, [value])).rows[0]).yes;
  // Apart and in this order: a statement sees what was committed before it began, and so what the last holder of the lock wrote.
  const isAlone = await ask("select pg_try_advisory_xact_lock($1) as yes", SWEEP_LOCK);
  return isAlone && !(await ask(LAST_ALERT, minutesBetween));
}

/**
 * The attempt that is under way is counted already and has no reason yet, so the tenth is a failure only when it left one. An eleventh attempt
 * means that ten failed, or ended the process. The lock is the weakest that keeps another sweep away: an outcome may be written meanwhile.
 */
const EVENTS = `
select sid, kind, step, dispatch_state as state, event_id as id, dispatch_error as reason from public.omni_events
where alerted_at is null
  and (dispatch_state = 'parked' or dispatch_attempts >= ${ALERT_AT_ATTEMPTS})
  and (dispatch_state = 'parked'
    or (dispatch_state = 'waiting' and (dispatch_attempts > ${ALERT_AT_ATTEMPTS} or dispatch_error is not null)))
order by sequence
for key share skip locked`;

const RECORDINGS = `
select recording_sid as id, error as reason from public.twilio_recordings
where state = 'failed' and alerted_at is null
order by created_at, recording_sid
for key share skip locked`;

/**
 * A blocked text is what the gate is there for, and no trouble. One of which Twilio says nothing for long holds its number up, and so does one for
 * which there is no way to Twilio: each attempt writes to its row, so its age counts.
 */
const OUTBOUND = `
select kind || ' ' || id as id, reason, state from public.twilio_outbound
where alerted_at is null and (state = 'failed'
  or (state in ('sending', 'unknown', 'queued') and attempts > 0 and updated_at < now() - interval '15 minutes')
  or (state = 'queued' and attempts > 0 and limited = 0 and created_at < now() - interval '15 minutes'))
order by created_at, id
for key share skip locked`;

const nullable = z
  .string()
  .nullable()
  .transform((text) => text ?? undefined);
const EventRow = z.object({
  sid: z.string(),
  kind: z.string(),
  step: z.string(),
  state: z.string(),
  id: z.string(),
  reason: nullable,
});
const TroubleRow = z.object({ id: z.string(), reason: nullable });
const OutboundRow = TroubleRow.extend({ state: z.string() });

/**
 * Takes what nobody was told of. Rows that are being changed are left for a later sweep.
 *
 * @throws Error of `pg`
 */
export async function takeDue(client: PoolClient): Promise<Due> {
  const events = await client.query(EVENTS);
  const recordings = await client.query(RECORDINGS);
  const outbound = await client.query(OUTBOUND);
  return {
    events: events.rows.map((row) => EventRow.parse(row)),
    recordings: recordings.rows.map((row) => TroubleRow.parse(row)),
    outbound: outbound.rows.map((row) => OutboundRow.parse(row)),
  };
}

/** An event that was parked while people were told that it fails is told again, as parked. */
const EVENTS_TOLD = `
update public.omni_events e set alerted_at = clock_timestamp()
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as told(sid, kind, step, state)
where e.sid = told.sid and e.kind = told.kind and e.step = told.step
  and (e.dispatch_state <> 'parked' or told.state = 'parked')`;

const RECORDINGS_TOLD =
  "update public.twilio_recordings set alerted_at = clock_timestamp() where recording_sid = any($1)";

/** A request that failed while people were told that it takes long is told again, as failed. */
const OUTBOUND_TOLD = `
update public.twilio_outbound o set alerted_at = clock_timestamp()
from unnest($1::text[], $2::text[]) as told(id, state)
where o.kind || ' ' || o.id = told.id and (o.state <> 'failed' or told.state = 'failed')`;

/**
 * Writes that people were told.
 *
 * @throws Error of `pg`
 */
export async function markTold(client: PoolClient, { events, recordings, outbound }: Due): Promise<void> {
  const columns = (["sid", "kind", "step", "state"] as const).map((name) => events.map((event) => event[name]));
  await client.query(EVENTS_TOLD, columns);
  await client.query(RECORDINGS_TOLD, [recordings.map(({ id }) => id)]);
  await client.query(OUTBOUND_TOLD, [outbound.map(({ id }) => id), outbound.map(({ state }) => state)]);
}
