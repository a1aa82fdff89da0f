import { z } from "zod";
import { NO_CONTENT } from "./answers.ts";
import { CallSid, Status, TranscriptionSid } from "./parameters.ts";
import { webhookKind } from "./webhook-kind.ts";

/** Source: https://www.twilio.com/docs/voice/twiml/record#transcribe-callback */
const Transcription = z.object({
  CallSid,
  TranscriptionSid,
  TranscriptionStatus: Status,
  TranscriptionText: z.string().exactOptional(),
});

/** The status of a recording's transcription changed. */
export const TRANSCRIPTION = webhookKind({
  schema: Transcription,
  read: ({ CallSid: callSid, TranscriptionSid: sid, TranscriptionStatus, TranscriptionText: transcription }) => ({
    sid,
    step: TranscriptionStatus,
    isDispatched: true,
    call: { callSid, statusRank: 0, transcription },
  }),
  answer: () => NO_CONTENT,
  title: "The transcription of a recording changed its status.",
  agent: "textsAndCallbacks",
});
