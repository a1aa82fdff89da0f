/** Finds the troubles that people have not been alerted about. Everything runs in a sweep's transaction. */
import type { PoolClient } from "pg";
import { z } from "zod";
import type { OutboundTrouble, Trouble } from "./content.ts";

/** The events, recordings, calls and texts that are due for an alert. */
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

/** The number of failed attempts after which an event that is still tried is due for an alert. */
export const ALERT_AT_ATTEMPTS = 10;

/** The key of the advisory lock: any number that nothing else uses in this database. */
const SWEEP_LOCK = 7_418_230_915;

const LAST_ALERT = `
select coalesce(greatest(
  (select max(alerted_at) from public.omni_events where alerted_at is not null),
  (select max(alerted_at) from public.twilio_recordings where alerted_at is not null),
  (select max(alerted_at) from public.twilio_outbound where alerted_at is not null)
) > clock_timestamp() - $1 * interval '1 minute', false) as yes`;

const Yes = z.object({ yes: z.boolean() });

/**
 * Whether an alert may be sent: no other process sweeps, and the last alert of any process was at least `minutesBetween` minutes ago. No
 * other process gets the permission until the transaction ends.
 *
 * @throws the `pg` error if the database does not answer
 */
export async function mayAlert(client: PoolClient, minutesBetween: number): Promise<boolean> {
  const ask = async (sql: string, value: number) => Yes.parse((await client.query(sql, [value])).rows[0]).yes;
  // Two statements, the lock first: a statement sees what was committed before it began, so the second sees what the last lock holder wrote.
  const isAlone = await ask("select pg_try_advisory_xact_lock($1) as yes", SWEEP_LOCK);
  return isAlone && !(await ask(LAST_ALERT, minutesBetween));
}

/**
 * The events that are due. An attempt under way is already counted but has no reason yet, so the tenth attempt has failed only if there is a
 * reason. An eleventh attempt means that ten have failed or ended the process. `for key share` is the weakest lock that keeps another sweep
 * away, so an outcome can be written meanwhile.
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
 * The calls and texts that are due. A blocked text is not a trouble: the gate worked. A request that Twilio does not confirm holds its
 * number up, and so does one that cannot reach Twilio. For the latter the age of the row counts, because each attempt updates `updated_at`.
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
 * Locks and returns the rows that are due for an alert. It leaves rows that are locked by others for a later sweep.
 *
 * @throws the `pg` error if the database does not answer
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

/** Marks events as alerted, unless an event was parked while the alert said that it keeps failing: then it gets another alert. */
const MARK_EVENTS = `
update public.omni_events e set alerted_at = clock_timestamp()
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) as alerted(sid, kind, step, state)
where e.sid = alerted.sid and e.kind = alerted.kind and e.step = alerted.step
  and (e.dispatch_state <> 'parked' or alerted.state = 'parked')`;

const MARK_RECORDINGS =
  "update public.twilio_recordings set alerted_at = clock_timestamp() where recording_sid = any($1)";

/** Marks requests as alerted, unless a request failed while the alert said that it is late: then it gets another alert. */
const MARK_OUTBOUND = `
update public.twilio_outbound o set alerted_at = clock_timestamp()
from unnest($1::text[], $2::text[]) as alerted(id, state)
where o.kind || ' ' || o.id = alerted.id and (o.state <> 'failed' or alerted.state = 'failed')`;

/**
 * Marks the rows as alerted.
 *
 * @throws the `pg` error if the database does not answer
 */
export async function markAlerted(client: PoolClient, { events, recordings, outbound }: Due): Promise<void> {
  const columns = (["sid", "kind", "step", "state"] as const).map((name) => events.map((event) => event[name]));
  await client.query(MARK_EVENTS, columns);
  await client.query(MARK_RECORDINGS, [recordings.map(({ id }) => id)]);
  await client.query(MARK_OUTBOUND, [outbound.map(({ id }) => id), outbound.map(({ state }) => state)]);
}
