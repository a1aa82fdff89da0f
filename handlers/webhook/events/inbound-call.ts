import { answerTurn } from "../../call/call-flow.ts";
import { twimlAnswer } from "./answers.ts";
import { Call, callEvent } from "./call.ts";
import { webhookKind } from "./webhook-kind.ts";

/**
 * A turn of a call. A call that the hub placed is answered on the same route and stored under the same name; only to an agent does it have a
 * name of its own, so that nobody takes it for a call that came in.
 */
export const INBOUND_CALL = webhookKind({
  schema: Call,
  hasTurns: true,
  read: (call, turn) => ({ ...callEvent(call), step: String(turn), isDispatched: true }),
  // The next turn and the recording's callback go to the host whose URL verified, so a call that failed over stays there.
  answer: ({ parameters, turn, url, host }, { voice, ownNumbers, recordingUrls, now, mode }) => {
    const recordingStatusCallback = recordingUrls[host];
    const canListen = mode === "normal";
    return twimlAnswer(
      answerTurn({ turn, parameters, url, recordingStatusCallback, voice, ownNumbers, now, canListen }),
    );
  },
  title: "Somebody calls, or said something in a call.",
  agent: "callRouting",
  outbound: {
    name: "outbound-call",
    title: "Somebody answered a call that the hub placed, or was connected in it.",
    agent: "textsAndCallbacks",
  },
});
