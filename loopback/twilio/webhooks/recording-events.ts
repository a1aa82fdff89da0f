/**
 * Twilio's reports about a call's recordings.
 * Sources: https://www.twilio.com/docs/voice/twiml/record#recordingstatuscallback and
 * https://www.twilio.com/docs/voice/twiml/record#transcribecallback
 */

import { addRecording, type RecordingSource } from "../recordings.ts";
import type { Recording, RecordingMedia } from "../records.ts";
import type { TwilioState } from "../state.ts";
import { newSid } from "../values.ts";
import { findCall } from "./call-events.ts";
import { type Delivery, deliver } from "./deliver.ts";
import { callParams } from "./event-params.ts";
import type { WebhookParams, WebhookSource } from "./webhook.ts";

/** A recording that has become available. */
export interface RecordingDone {
  /** The recording status callback, an absolute URL. */
  readonly url: string;
  /** Its length in seconds. Default: 10. */
  readonly seconds?: number;
  /** The feature that made it. Default: `RecordVerb`. */
  readonly source?: RecordingSource;
  /** How its audio is served. */
  readonly media?: Partial<RecordingMedia>;
  /** Further parameters. They replace default ones of the same name. */
  readonly params?: WebhookParams;
}

/** A transcription of a call's last recording. */
export interface TranscriptionDone {
  /** The transcribe callback, an absolute URL. */
  readonly url: string;
  readonly text: string;
  /** Default: `completed`. */
  readonly status?: "completed" | "failed";
  /** Further parameters. They replace default ones of the same name. */
  readonly params?: WebhookParams;
}

/** Events that follow a recording. A callback has no fallback. */
export interface RecordingEvents {
  /**
   * Makes a recording of the call and reports it. The delivery's SID is the recording's.
   *
   * @throws Error if there is no such call
   */
  completeRecording(callSid: string, recording: RecordingDone): Promise<Delivery>;
  /**
   * Reports a transcription of the call's last recording. Makes a recording first if the call has none. The delivery's SID is the
   * transcription's.
   *
   * @throws Error if there is no such call
   */
  completeTranscription(callSid: string, transcription: TranscriptionDone): Promise<Delivery>;
}

/** Makes the events of an account's recordings. Their webhooks go through the edge. */
export function recordingEvents(state: TwilioState, source: WebhookSource): RecordingEvents {
  const report = (url: string, params: WebhookParams) => deliver(source, [{ url, method: "POST" }], params);
  return {
    completeRecording: async (callSid, { url, seconds = 10, source: by = "RecordVerb", media = {}, params }) => {
      findCall(state, callSid);
      const recording = addRecording(state, { callSid, seconds, source: by, media });
      const attempts = await report(url, { ...recordingParams(recording), ...params });
      return { sid: recording.resource.sid, attempts };
    },
    completeTranscription: async (callSid, { url, text, status = "completed", params }) => {
      const { resource: call } = findCall(state, callSid);
      const recording = lastRecording(state, callSid);
      const sid = newSid("TR");
      const transcription = { ...transcriptionParams(recording, sid), TranscriptionText: text };
      const all = { ...callParams(call), CallStatus: call.status, ...transcription, TranscriptionStatus: status };
      return { sid, attempts: await report(url, { ...all, ...params }) };
    },
  };
}

function lastRecording(state: TwilioState, callSid: string): Recording {
  const own = [...state.recordings.values()].filter(({ resource }) => resource.call_sid === callSid);
  return own.at(-1) ?? addRecording(state, { callSid, seconds: 10, source: "RecordVerb" });
}

function recordingParams({ resource }: Recording): Record<string, string> {
  return {
    AccountSid: resource.account_sid,
    CallSid: resource.call_sid,
    RecordingSid: resource.sid,
    RecordingUrl: resource.media_url,
    RecordingStatus: resource.status,
    RecordingDuration: resource.duration,
    RecordingChannels: String(resource.channels),
    RecordingSource: resource.source,
    RecordingStartTime: resource.start_time,
  };
}

function transcriptionParams({ resource }: Recording, sid: string): Record<string, string> {
  return {
    TranscriptionSid: sid,
    TranscriptionType: "fast",
    TranscriptionUrl: `${resource.media_url}/Transcriptions/${sid}`,
    RecordingSid: resource.sid,
    RecordingUrl: resource.media_url,
  };
}
