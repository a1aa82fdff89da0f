/** Recordings for the tests of their queue and of the alerts. */
import type { Pool } from "pg";
import { newSid } from "../storage/testing/records.ts";

/** A recording's row, as the tests read it. */
export interface RecordingRow {
  readonly state: string;
  readonly attempts: number;
  readonly error: string | null;
  readonly location: string | null;
  readonly type: string | null;
  readonly bytes: number | null;
  readonly isDue: boolean;
  /** The time until it is due, in milliseconds. */
  readonly dueInMs: number;
  readonly isAlerted: boolean;
}

/** Inserts a waiting recording and returns its SID. `changes` is SQL for an `update … set`. */
export async function insertRecording(pool: Pool, changes = "", callSid = newSid("CA")): Promise<string> {
  const sid = newSid("RE");
  await pool.query("insert into public.twilio_recordings (recording_sid, call_sid) values ($1, $2)", [sid, callSid]);
  if (changes !== "") await changeRecording(pool, sid, changes);
  return sid;
}

/** Changes a recording. */
export async function changeRecording(pool: Pool, sid: string, changes: string): Promise<void> {
  await pool.query(`update public.twilio_recordings set ${changes} where recording_sid = $1`, [sid]);
}

/** Inserts a call and returns its SID. */
export async function insertCall(pool: Pool): Promise<string> {
  const sid = newSid("CA");
  await pool.query("insert into public.twilio_calls (call_sid, status) values ($1, 'completed')", [sid]);
  return sid;
}

/** Reads the recording that is written in a call. */
export async function recordingOfCall(pool: Pool, callSid: string): Promise<unknown> {
  const { rows } = await pool.query(
    "select recording_sid as sid, recording_location as location, status from public.twilio_calls where call_sid = $1",
    [callSid],
  );
  return rows[0];
}

/**
 * Reads a recording.
 *
 * @throws Error if no recording has the SID
 */
export async function readRecordingRow(pool: Pool, sid: string): Promise<RecordingRow> {
  const { rows } = await pool.query<RecordingRow>(
    `select state, attempts, error, location, content_type as type, bytes::int as bytes, fetch_after <= now() as "isDue",
       (extract(epoch from fetch_after - now()) * 1000)::float8 as "dueInMs", alerted_at is not null as "isAlerted"
     from public.twilio_recordings where recording_sid = $1`,
    [sid],
  );
  const row = rows[0];
  if (row === undefined) throw new Error(`no recording has the SID ${sid}`);
  return row;
}

/** Removes every recording. */
export async function clearRecordings(pool: Pool): Promise<void> {
  await pool.query("delete from public.twilio_recordings");
}
