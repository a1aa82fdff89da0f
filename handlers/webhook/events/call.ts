/** The parameters that every webhook of a call has. */
import { z } from "zod";
import { callStatusRank } from "../../twilio/status-rank.ts";
import { CallSid, Parties, Status, WholeNumber } from "./parameters.ts";
import type { ReportedEvent } from "./webhook-kind.ts";

/** Source: https://www.twilio.com/docs/voice/twiml#request-parameters */
export const Call = z.object({ CallSid, CallStatus: Status, CallDuration: WholeNumber.exactOptional(), ...Parties });

/** The call as its parameters describe it. */
export function callEvent(call: z.infer<typeof Call>): Pick<ReportedEvent, "sid" | "call"> {
  const { CallSid: callSid, CallStatus: status, Direction: direction, From: from, To: to, CallDuration } = call;
  const statusRank = callStatusRank(status);
  return { sid: callSid, call: { callSid, direction, from, to, status, statusRank, durationSeconds: CallDuration } };
}
