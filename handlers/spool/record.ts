/** The stored form of a webhook. */
import type { HostName } from "../../hub/urls/urls.ts";
import type { Answer } from "../twilio/answer.ts";
import type { WebhookParameters } from "../twilio/parameters.ts";

/** An event of a call, text, recording or transcription. `sid`, `kind` and `step` identify it, on either host. */
export interface EventRecord {
  /** The SID of the call, text, recording or transcription. */
  readonly sid: string;
  readonly kind: string;
  /** The status, or the turn of a call. It distinguishes events of the same SID and kind. */
  readonly step: string;
  readonly host: HostName;
  readonly parameters: Readonly<WebhookParameters>;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Whether it is handed on to an agent. */
  readonly isDispatched: boolean;
}

/** The call in a webhook. Absent fields leave the stored row as it is. */
export interface CallRecord {
  readonly callSid: string;
  readonly direction?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly status?: string | undefined;
  readonly statusRank: number;
  readonly durationSeconds?: number | undefined;
  readonly transcription?: string | undefined;
}

/** The text in a webhook. */
export interface TextRecord {
  readonly messageSid: string;
  readonly direction: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly body?: string | undefined;
  readonly mediaUrls: readonly string[];
  readonly status: string;
  readonly statusRank: number;
  readonly errorCode?: string | undefined;
}

/** A recording to fetch. */
export interface RecordingRecord {
  readonly recordingSid: string;
  readonly callSid: string;
}

/** Everything that one webhook writes, in one transaction. */
export interface WebhookRecord {
  /** A hash of the signed string, in hex. Only a repeat has the same hash. */
  readonly signedHash: string;
  readonly answer: Answer;
  readonly event: EventRecord;
  readonly call?: CallRecord | undefined;
  readonly text?: TextRecord | undefined;
  readonly recording?: RecordingRecord | undefined;
}

/** The row that a record changes. Two records of one row are not written in the same statement. */
export function rowOf({ event, call, text }: WebhookRecord): string {
  return call?.callSid ?? text?.messageSid ?? event.sid;
}
