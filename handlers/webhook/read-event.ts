/** What a webhook reports, read from its parameters: the event, and what it says of its call or text. */
import { z } from "zod";
import type { AnsweredEvent } from "../../hub/urls/routes.ts";
import type { WebhookRecord } from "../storage/record.ts";
import type { WebhookParameters } from "../twilio/parameters.ts";
import { callStatusRank, textStatusRank } from "../twilio/status-rank.ts";

/** What of a webhook's record its parameters say. */
export interface ReportedEvent extends Pick<WebhookRecord, "call" | "text" | "recording"> {
  readonly sid: string;
  readonly step: string;
  readonly isDispatched: boolean;
}

const sid = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[0-9a-f]{32}$`));
const CallSid = sid("CA");
const MessageSid = sid("(SM|MM)");
const RecordingSid = sid("RE");
const Status = z
  .string()
  .max(64)
  .regex(/^[a-z]+([-_][a-z]+)*$/);
/** A call must not hang on a number that may be left out. */
const WholeNumber = z
  .string()
  .regex(/^\d{0,9}$/)
  .transform((digits) => (digits === "" ? undefined : Number(digits)));
const Party = {
  From: z.string().exactOptional(),
  To: z.string().exactOptional(),
  Direction: z.string().exactOptional(),
};

/** Source: https://www.twilio.com/docs/voice/twiml#request-parameters */
const Call = z.object({ CallSid, CallStatus: Status, CallDuration: WholeNumber.exactOptional(), ...Party });
/** Source: https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback */
const Recording = z.object({ CallSid, RecordingSid, RecordingStatus: Status });
/** Source: https://www.twilio.com/docs/voice/twiml/record#transcribe-callback */
const Transcription = z.object({
  CallSid,
  TranscriptionSid: sid("[A-Z]{2}"),
  TranscriptionStatus: Status,
  TranscriptionText: z.string().exactOptional(),
});
/** Source: https://www.twilio.com/docs/messaging/guides/webhook-request */
const InboundText = z.object({
  MessageSid,
  Body: z.string().exactOptional(),
  NumMedia: WholeNumber.exactOptional(),
  ...Party,
});
/** Source: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks */
const TextStatus = z.object({
  MessageSid,
  MessageStatus: Status,
  ErrorCode: z
    .string()
    .regex(/^\d*$/)
    .transform((digits) => digits || undefined)
    .exactOptional(),
  ...Party,
});

/**
 * Reads what a webhook reports.
 *
 * @param turn the turn of a call
 * @returns undefined where a parameter is missing, repeated or malformed: a border of the signed string was moved, or it is no such event
 */
export function readEvent(
  event: AnsweredEvent,
  parameters: Readonly<WebhookParameters>,
  turn: number,
): ReportedEvent | undefined {
  switch (event) {
    case "inbound-call":
      return parsed(Call, parameters, (call) => ({ ...callEvent(call), step: String(turn), isDispatched: true }));
    case "call-status":
      return parsed(Call, parameters, callStatusEvent);
    case "recording-complete":
      return parsed(Recording, parameters, recordingEvent);
    case "transcription":
      return parsed(Transcription, parameters, transcriptionEvent);
    case "inbound-text":
      return parsed(InboundText, parameters, (text) => inboundTextEvent(text, parameters));
    case "text-status":
      return parsed(TextStatus, parameters, textStatusEvent);
  }
}

function parsed<Schema extends z.ZodType>(
  schema: Schema,
  parameters: Readonly<WebhookParameters>,
  read: (reported: z.infer<Schema>) => ReportedEvent,
): ReportedEvent | undefined {
  const { data } = schema.safeParse(parameters);
  return data === undefined ? undefined : read(data);
}

function callEvent(call: z.infer<typeof Call>): Pick<ReportedEvent, "sid" | "call"> {
  const { CallSid: callSid, CallStatus: status, Direction: direction, From: from, To: to, CallDuration } = call;
  const statusRank = callStatusRank(status);
  return { sid: callSid, call: { callSid, direction, from, to, status, statusRank, durationSeconds: CallDuration } };
}

/** What a call says of itself before it ends. */
const UNDER_WAY: ReadonlySet<string> = new Set(["queued", "initiated", "ringing", "in-progress"]);

/** An agent is told how a call ended: that it rings is stored, and is nobody's task. */
function callStatusEvent(call: z.infer<typeof Call>): ReportedEvent {
  const { CallStatus: status } = call;
  return { ...callEvent(call), step: status, isDispatched: !UNDER_WAY.has(status) };
}

/** Only a completed recording has media to fetch. */
function recordingEvent({
  CallSid: callSid,
  RecordingSid: recordingSid,
  RecordingStatus,
}: z.infer<typeof Recording>): ReportedEvent {
  return {
    sid: recordingSid,
    step: RecordingStatus,
    isDispatched: true,
    call: { callSid, statusRank: 0 },
    ...(RecordingStatus === "completed" && { recording: { recordingSid, callSid } }),
  };
}

function transcriptionEvent(reported: z.infer<typeof Transcription>): ReportedEvent {
  const { CallSid: callSid, TranscriptionSid, TranscriptionStatus, TranscriptionText: transcription } = reported;
  return {
    sid: TranscriptionSid,
    step: TranscriptionStatus,
    isDispatched: true,
    call: { callSid, statusRank: 0, transcription },
  };
}

function inboundTextEvent(
  reported: z.infer<typeof InboundText>,
  parameters: Readonly<WebhookParameters>,
): ReportedEvent {
  const { MessageSid: messageSid, From: from, To: to, Body: body } = reported;
  const status = "received";
  const mediaUrls = mediaOf(parameters, reported.NumMedia ?? 0);
  return {
    sid: messageSid,
    step: status,
    isDispatched: true,
    text: { messageSid, direction: "inbound", from, to, body, mediaUrls, status, statusRank: textStatusRank(status) },
  };
}

/** A text carries at most ten media (https://www.twilio.com/docs/messaging/guides/accepted-mime-types). */
function mediaOf(parameters: Readonly<WebhookParameters>, count: number): string[] {
  const names = Array.from({ length: Math.min(count, 10) }, (_, index) => `MediaUrl${index}`);
  return names.map((name) => parameters[name]).filter((url) => typeof url === "string");
}

function textStatusEvent(reported: z.infer<typeof TextStatus>): ReportedEvent {
  const { MessageSid: messageSid, MessageStatus: status, ErrorCode: errorCode, From: from, To: to } = reported;
  const statusRank = textStatusRank(status);
  return {
    sid: messageSid,
    step: status,
    isDispatched: false,
    // A status callback is about a text that left, or was to leave.
    text: { messageSid, direction: "outbound", from, to, mediaUrls: [], status, statusRank, errorCode },
  };
}
