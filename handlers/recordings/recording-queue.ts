/** The queue of recordings: claims the recordings that wait to be fetched, and records the outcomes. */
import type { Pool } from "pg";
import { z } from "zod";
import { inTransaction } from "../storage/transaction.ts";

/** A recording that this process has claimed. */
export interface ClaimedRecording extends z.infer<typeof ClaimedRow> {}

/** The facts that are kept about a stored recording. */
export interface StoredRecording {
  readonly location: string;
  readonly contentType: string;
  readonly bytes: number;
}

/** Claims recordings. It counts the attempt at its start, so that an attempt which ends the process counts too. */
const CLAIM = `
with due as materialized (
  select recording_sid from public.twilio_recordings
  where state = 'waiting' and fetch_after <= now()
  order by fetch_after
  limit $1
  for no key update skip locked
)
update public.twilio_recordings r set
  attempts = attempts + 1,
  fetch_after = now() + $2 * interval '1 millisecond'
from due
where r.recording_sid = due.recording_sid
returning r.recording_sid as "recordingSid", r.call_sid as "callSid", r.attempts as attempt`;

const ClaimedRow = z.object({
  recordingSid: z.string(),
  callSid: z.string(),
  /** The number of this attempt, from 1. */
  attempt: z.number(),
});

/**
 * Claims up to `limit` recordings, those that have been due longest first. No other process gets them until the lease ends.
 *
 * @param leaseMs the longest time that an attempt may take, in milliseconds
 * @throws the `pg` error if the database does not answer
 */
export async function claimRecordings(pool: Pool, limit: number, leaseMs: number): Promise<ClaimedRecording[]> {
  const { rows } = await pool.query({ name: "claim-recordings", text: CLAIM, values: [limit, leaseMs] });
  return rows.map((row) => ClaimedRow.parse(row));
}

const STORED = `
update public.twilio_recordings set
  state = 'stored', location = $2, content_type = $3, bytes = $4, stored_at = now(), error = null
where recording_sid = $1 and state <> 'stored'`;

const NEWEST_OF_CALL = `
update public.twilio_calls c set recording_sid = newest.recording_sid, recording_location = newest.location, updated_at = now()
from (
  select recording_sid, location from public.twilio_recordings
  where call_sid = $1 and state = 'stored'
  order by created_at desc, recording_sid desc
  limit 1
) newest
where c.call_sid = $1 and c.recording_sid is distinct from newest.recording_sid`;

/**
 * Marks a recording as stored. If its call is known, it also writes the call's newest stored recording into the call.
 *
 * @throws the `pg` error if the database does not answer
 */
export async function settleStored(
  pool: Pool,
  { recordingSid, callSid }: Pick<ClaimedRecording, "recordingSid" | "callSid">,
  { location, contentType, bytes }: StoredRecording,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Locks the call first, as the writer of webhooks does. If two recordings of a call are stored at once, the later one sees the other.
    await client.query("select 1 from public.twilio_calls where call_sid = $1 for no key update", [callSid]);
    await client.query(STORED, [recordingSid, location, contentType, bytes]);
    await client.query(NEWEST_OF_CALL, [callSid]);
  });
}

const IS_LAST_ATTEMPT = "where recording_sid = $1 and state = 'waiting' and attempts = $2";

/** Makes a recording due again after a pause. */
export async function settleRetried(
  pool: Pool,
  { recordingSid, attempt }: ClaimedRecording,
  reason: string,
  pauseMs: number,
): Promise<void> {
  const changes = "error = $3, fetch_after = now() + $4 * interval '1 millisecond'";
  const values = [recordingSid, attempt, reason, pauseMs];
  await pool.query(`update public.twilio_recordings set ${changes} ${IS_LAST_ATTEMPT}`, values);
}

/** Gives a recording up. */
export async function settleFailed(
  pool: Pool,
  { recordingSid, attempt }: ClaimedRecording,
  reason: string,
): Promise<void> {
  const values = [recordingSid, attempt, reason];
  await pool.query(`update public.twilio_recordings set state = 'failed', error = $3 ${IS_LAST_ATTEMPT}`, values);
}

/** Releases a recording, as if it had not been tried. */
export async function settleReleased(pool: Pool, { recordingSid, attempt }: ClaimedRecording): Promise<void> {
  const changes = "attempts = attempts - 1, fetch_after = now()";
  await pool.query(`update public.twilio_recordings set ${changes} ${IS_LAST_ATTEMPT}`, [recordingSid, attempt]);
}
