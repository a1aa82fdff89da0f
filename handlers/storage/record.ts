/** What is stored of a webhook. */
import type { HostName } from "../../hub/urls/urls.ts";
import type { Answer } from "../twilio/answer.ts";
import type { WebhookParameters } from "../twilio/parameters.ts";

/** An event of a call, a text, a recording or a transcription. `sid`, `kind` and `step` together name it, whichever host it came over. */
export interface EventRecord {
  /** The SID of what the event is about. */
  readonly sid: string;
  readonly kind: string;
  /** The status, or the turn of a call: what tells it from the other events of its kind. */
  readonly step: string;
  readonly host: HostName;
  readonly parameters: Readonly<WebhookParameters>;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** Whether it is handed on to the agents. */
  readonly isDispatched: boolean;
}

/** What a webhook says of its call. What it does not say stays as it is. */
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

/** What a webhook says of its text. */
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

/** A recording that is to be fetched. */
export interface RecordingRecord {
  readonly recordingSid: string;
  readonly callSid: string;
}

/** Everything that one webhook writes, in one transaction. */
export interface WebhookRecord {
  /** A hash of the very string that was signed, in hex: equal for a repeat and for nothing else. */
  readonly signedHash: string;
  readonly answer: Answer;
  readonly event: EventRecord;
  readonly call?: CallRecord | undefined;
  readonly text?: TextRecord | undefined;
  readonly recording?: RecordingRecord | undefined;
}

/** The row that a record changes: two records with the same one are not written in the same statement. */
export function rowOf({ event, call, text }: WebhookRecord): string {
  return call?.callSid ?? text?.messageSid ?? event.sid;
}
