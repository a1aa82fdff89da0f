/**
 * Recordings of calls, and how their audio is answered.
 * Source: https://www.twilio.com/docs/voice/api/recording
 */
import type { RecordingResource } from "./records.ts";
import type { TwilioState } from "./state.ts";
import { apiDate, newSid } from "./values.ts";

/** A recording with its audio. */
export interface Recording {
  readonly resource: RecordingResource;
  /** Tests change it. */
  readonly media: RecordingMedia;
}

/** How the audio of one recording is answered. */
export interface RecordingMedia {
  /** For so many requests more the audio is not there yet: 404. */
  notReadyFor: number;
  /** Where requests for the audio are sent instead of being answered: the value of `Location`. */
  redirectTo?: string;
  /** The content type, where it is not the one of the format that was asked for. */
  contentType?: string;
  /** The size of the audio in bytes, where it is not that of silence as long as the recording. */
  bytes?: number;
  /** What is sent instead of silence. */
  body?: Uint8Array<ArrayBuffer>;
  /** Sent in pieces without a Content-Length. */
  chunked?: boolean;
}

/** A call's recording to be made. */
export interface NewRecording {
  readonly callSid: string;
  readonly seconds: number;
  readonly source: RecordingSource;
  readonly media?: Partial<RecordingMedia>;
}

/** What made a recording. */
export type RecordingSource = "RecordVerb" | "DialVerb" | "OutboundAPI" | "StartCallRecordingAPI";

/** Makes a completed recording in the account. */
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
    subresource_uris: {
      add_on_results: `${uri}/AddOnResults.json`,
      transcriptions: `${uri}/Transcriptions.json`,
    },
  };
  const recording = { resource, media: { notReadyFor: 0, ...media } };
  state.recordings.set(sid, recording);
  return recording;
}
