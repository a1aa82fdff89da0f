/** Which recordings wait to be fetched, and what came of them. */
import type { Pool } from "pg";
import { z } from "zod";
import { inTransaction } from "../storage/transaction.ts";

/** A recording that is being fetched. */
export interface ClaimedRecording extends z.infer<typeof ClaimedRow> {}

/** What is kept of a stored recording. */
export interface StoredRecording {
  readonly location: string;
  readonly contentType: string;
  readonly bytes: number;
}

/** The attempt is counted when it begins, so that one which ends the process counts. */
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
 * Takes the recordings that are due longest, each for one process alone until the lease ends.
 *
 * @throws Error of `pg`
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
 * Writes that a recording is stored, and into its call, where that is known, which of its recordings is the newest.
 *
 * @throws Error of `pg`
 */
export async function settleStored(
  pool: Pool,
  { recordingSid, callSid }: Pick<ClaimedRecording, "recordingSid" | "callSid">,
  { location, contentType, bytes }: StoredRecording,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    // Two recordings of a call that are stored at once: each must see the other, and the writer of webhooks takes the call first too.
    await client.query("select 1 from public.twilio_calls where call_sid = $1 for no key update", [callSid]);
    await client.query(STORED, [recordingSid, location, contentType, bytes]);
    await client.query(NEWEST_OF_CALL, [callSid]);
  });
}

const IS_LAST_ATTEMPT = "where recording_sid = $1 and state = 'waiting' and attempts = $2";

/** Writes that a recording is due again after a pause. */
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

/** Writes that nobody tries a recording again. */
export async function settleFailed(
  pool: Pool,
  { recordingSid, attempt }: ClaimedRecording,
  reason: string,
): Promise<void> {
  const values = [recordingSid, attempt, reason];
  await pool.query(`update public.twilio_recordings set state = 'failed', error = $3 ${IS_LAST_ATTEMPT}`, values);
}

/** Gives a recording back, as if it had not been tried. */
export async function settleReleased(pool: Pool, { recordingSid, attempt }: ClaimedRecording): Promise<void> {
  const changes = "attempts = attempts - 1, fetch_after = now()";
  await pool.query(`update public.twilio_recordings set ${changes} ${IS_LAST_ATTEMPT}`, [recordingSid, attempt]);
}
