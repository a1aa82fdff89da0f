/** The state of an outbound request, as the table stores it and the endpoint shows it. */
import { z } from "zod";

/**
 * The states of a request:
 * - `queued`: it waits for its turn.
 * - `sending`: a request to Twilio is under way, or was when its process ended.
 * - `unknown`: it may have left; Twilio is being asked whether it has the call or text.
 * - `sent`: Twilio has it, under `sid`. Its further course is in `twilio_calls` and `twilio_sms`.
 * - `blocked`: the gate did not clear the text; `reason` says why.
 * - `failed`: it was not sent, or its outcome could not be determined; `reason` says why.
 */
export const OUTBOUND_STATES = ["queued", "sending", "unknown", "sent", "blocked", "failed"] as const;
export type OutboundState = (typeof OUTBOUND_STATES)[number];

const FINAL: readonly OutboundState[] = ["sent", "blocked", "failed"];

/** Whether a state is final. */
export function isFinal(state: OutboundState): boolean {
  return FINAL.includes(state);
}

/** The schema of a request's status, as `GET` returns it. Times are ISO 8601. */
export const OutboundStatus = z.object({
  id: z.string(),
  kind: z.enum(["call", "message"]),
  to: z.string(),
  from: z.string(),
  state: z.enum(OUTBOUND_STATES),
  reason: z.string().nullable(),
  sid: z.string().nullable(),
  attempts: z.number(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type OutboundStatus = Readonly<z.infer<typeof OutboundStatus>>;
