/**
 * Making recordings of calls.
 * Source: https://www.twilio.com/docs/voice/api/recording
 */
import type { Recording, RecordingMedia, RecordingResource } from "./records.ts";
import type { TwilioState } from "./state.ts";
import { apiDate, newSid, subresourceUris } from "./values.ts";

/** A recording to make. */
export interface NewRecording {
  readonly callSid: string;
  readonly seconds: number;
  readonly source: RecordingSource;
  /** How its audio is served. */
  readonly media?: Partial<RecordingMedia>;
}

/** The feature of Twilio that made a recording. */
export type RecordingSource = "RecordVerb" | "DialVerb" | "OutboundAPI" | "StartCallRecordingAPI";

/** Adds a completed recording to the account. */
export function addRecording(state: TwilioState, { callSid, seconds, source, media }: NewRecording): Recording {
  const sid = newSid("RE");
  const ended = new Date();
  const uri = `/2010-04-01/Accounts/${state.accountSid}/Recordings/${sid}`;
  const resource: RecordingResource = {
    sid,
    account_sid: state.accountSid,
    call_sid: callSid,
    conference_sid: null,
    api_version: "2010-04-01",
    channels: 1,
    source,
    status: "completed",
    duration: String(seconds),
    start_time: apiDate(new Date(ended.getTime() - seconds * 1000)),
    date_created: apiDate(ended),
    date_updated: apiDate(ended),
    price: null,
    price_unit: "USD",
    error_code: null,
    encryption_details: null,
    uri: `${uri}.json`,
    media_url: `https://api.twilio.com${uri}`,
    subresource_uris: subresourceUris(uri, ["add_on_results", "transcriptions"]),
  };
  const recording = { resource, media: { notReadyFor: 0, ...media } };
  state.recordings.set(sid, recording);
  return recording;
}
