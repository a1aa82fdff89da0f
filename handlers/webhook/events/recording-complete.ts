import { z } from "zod";
import { NO_CONTENT } from "./answers.ts";
import { CallSid, RecordingSid, Status } from "./parameters.ts";
import { webhookKind } from "./webhook-kind.ts";

/** Source: https://www.twilio.com/docs/voice/api/recording#recordingstatuscallback */
const Recording = z.object({ CallSid, RecordingSid, RecordingStatus: Status });

/** The status of a call's recording changed. Only a completed recording has media to fetch. */
export const RECORDING_COMPLETE = webhookKind({
  schema: Recording,
  read: ({ CallSid: callSid, RecordingSid: recordingSid, RecordingStatus }) => ({
    sid: recordingSid,
    step: RecordingStatus,
    isDispatched: true,
    call: { callSid, statusRank: 0 },
    ...(RecordingStatus === "completed" && { recording: { recordingSid, callSid } }),
  }),
  answer: () => NO_CONTENT,
  title: "The recording of a call changed its status.",
  agent: "textsAndCallbacks",
});
