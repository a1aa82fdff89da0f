/** Writes many webhooks into the database in one statement: one transaction and one round trip. */
import type { ClientBase, Pool } from "pg";
import { z } from "zod";
import type { WebhookRecord } from "../spool/record.ts";
import type { Answer } from "../twilio/answer.ts";
import { CARRIER_REFUSALS_SQL } from "../twilio/carrier-refusals.ts";
import { UNKNOWN_STATUS_RANK } from "../twilio/status-rank.ts";
import { CLOSE_IF_OPEN } from "./sender-closures.ts";
import { storableJson } from "./storable-json.ts";

/** Whether the incoming status replaces that of the stored row: it is further on, or both are unknown and it came later. */
const isFurther = (row: "c" | "t") =>
  `(excluded.status_rank > ${row}.status_rank or (excluded.status_rank = ${row}.status_rank and excluded.status_rank = ${UNKNOWN_STATUS_RANK}))`;

/** Whether the stored text has a body or media already. */
const HAS_CONTENT = "(t.body is not null or t.media_urls <> '{}')";

/**
 * Every process writes the tables in the same order, and the rows of each in the order of their keys, so two processes cannot deadlock.
 * - A repeat changes nothing and returns the stored row. A webhook from the spool puts in its answer, which was already given.
 * - A known event changes no call or text, even if its other parameters differ.
 * - Columns that belong together come from the same webhook: a status with its error code or duration, a body with its media. The parties and the
 *   direction never change, so each comes from the first webhook that has it.
 * - An outbound text that the carriers refuse as unregistered closes its sender, whatever status comes first.
 * - `xmax = 0` means that the row is new (https://www.postgresql.org/docs/current/ddl-system-columns.html).
 */
const STATEMENT = `
with incoming as materialized (
  select * from json_to_recordset($1) as w(
    "signedHash" text, "responseStatus" smallint, "responseType" text, "responseBody" text,
    sid text, kind text, step text, host text, parameters jsonb, "receivedAt" timestamptz, "isDispatched" boolean,
    "callSid" text, "messageSid" text, "recordingSid" text,
    direction text, "from" text, "to" text, status text, "statusRank" smallint,
    "durationSeconds" integer, transcription text, body text, "mediaUrls" text[], "errorCode" text
  )
), processed as (
  insert into public.processed_webhook_events as p (signed_hash, response_status, response_type, response_body)
  select "signedHash", "responseStatus", "responseType", "responseBody" from incoming order by 1
  on conflict (signed_hash) do update set
    response_status = case when $2 then excluded.response_status else p.response_status end,
    response_type = case when $2 then excluded.response_type else p.response_type end,
    response_body = case when $2 then excluded.response_body else p.response_body end
  returning signed_hash, response_status, response_type, response_body, xmax = 0 as is_new
), fresh as materialized (
  select incoming.* from incoming join processed on signed_hash = "signedHash" where is_new
), events as (
  insert into public.omni_events (sid, kind, step, host, parameters, received_at, dispatch_state)
  select sid, kind, step, host, parameters, "receivedAt", case when "isDispatched" then 'waiting' else 'none' end
  from fresh order by sid, kind, step
  on conflict (sid, kind, step) do nothing
  returning sid, kind, step
), told as materialized (
  select fresh.* from fresh join events using (sid, kind, step)
), calls as (
  insert into public.twilio_calls as c
    (call_sid, direction, from_number, to_number, status, status_rank, duration_seconds, transcription)
  select "callSid", direction, "from", "to", status, "statusRank", "durationSeconds", transcription
  from told where "callSid" is not null order by 1
  on conflict (call_sid) do update set
    direction = coalesce(c.direction, excluded.direction),
    from_number = coalesce(c.from_number, excluded.from_number),
    to_number = coalesce(c.to_number, excluded.to_number),
    status = case when ${isFurther("c")} then excluded.status else c.status end,
    status_rank = greatest(c.status_rank, excluded.status_rank),
    duration_seconds = case
      when ${isFurther("c")} then excluded.duration_seconds
      when excluded.status = c.status then greatest(c.duration_seconds, excluded.duration_seconds)
      else c.duration_seconds end,
    transcription = coalesce(excluded.transcription, c.transcription),
    updated_at = now()
), texts as (
  insert into public.twilio_sms as t
    (message_sid, direction, from_number, to_number, body, media_urls, status, status_rank, error_code)
  select "messageSid", direction, "from", "to", body, "mediaUrls", status, "statusRank", "errorCode"
  from told where "messageSid" is not null order by 1
  on conflict (message_sid) do update set
    direction = coalesce(t.direction, excluded.direction),
    from_number = coalesce(t.from_number, excluded.from_number),
    to_number = coalesce(t.to_number, excluded.to_number),
    body = case when ${HAS_CONTENT} then t.body else excluded.body end,
    media_urls = case when ${HAS_CONTENT} then t.media_urls else excluded.media_urls end,
    status = case when ${isFurther("t")} then excluded.status else t.status end,
    status_rank = greatest(t.status_rank, excluded.status_rank),
    error_code = case when ${isFurther("t")} then excluded.error_code else t.error_code end,
    updated_at = now()
), recordings as (
  insert into public.twilio_recordings (recording_sid, call_sid)
  select "recordingSid", "callSid" from told where "recordingSid" is not null order by 1
  on conflict (recording_sid) do nothing
), closures as (
  insert into public.hub_sender_closures as closure (sender, error_code, text_id)
  select distinct on ("from") "from", "errorCode", "messageSid" from told
  where direction = 'outbound' and "from" is not null and "errorCode" in (${CARRIER_REFUSALS_SQL}) order by "from", "messageSid"
  ${CLOSE_IF_OPEN}
)
select signed_hash, response_status, response_type, response_body from processed where not is_new`;

const StoredRow = z.object({
  signed_hash: z.string(),
  response_status: z.number(),
  response_type: z.string().nullable(),
  response_body: z.string(),
});

/**
 * Writes webhooks, durably once it returns. No two of them may have the same row (`rowOf`) or the same hash.
 *
 * @param database a pool, or a connection with a transaction that the caller ends
 * @param answersWereGiven whether Twilio already has these answers, as for webhooks from the spool. They then replace stored answers
 * @returns the stored answers of the repeats, by their hash
 * @throws Error of `pg` if nothing was written, or if it is unknown whether it was
 */
export async function writeWebhooks(
  database: Pool | ClientBase,
  records: readonly WebhookRecord[],
  answersWereGiven: boolean,
): Promise<Map<string, Answer>> {
  const { rows } = await database.query({
    name: "write-webhooks",
    text: STATEMENT,
    values: [storableJson(records.map(rowOfStatement)), answersWereGiven],
  });
  return new Map(rows.map((row) => StoredRow.parse(row)).map((row) => [row.signed_hash, answerOf(row)]));
}

/** A webhook is about either a call or a text, so one flat row can hold both. */
function rowOfStatement({ signedHash, answer, event, call, text, recording }: WebhookRecord): object {
  const { status: responseStatus, type: responseType, body: responseBody } = answer;
  return { signedHash, responseStatus, responseType, responseBody, ...event, ...call, ...text, ...recording };
}

function answerOf({
  response_status: status,
  response_type: type,
  response_body: body,
}: z.infer<typeof StoredRow>): Answer {
  return { status, body, ...(type !== null && { type }) };
}
