/** What became of a request, as the table has it and as the endpoint shows it. */
import { z } from "zod";

/**
 * - `queued`: waits for its turn.
 * - `sending`: a request to Twilio is under way, or was when its process ended.
 * - `unknown`: Twilio did not say whether it took the request; it is being asked.
 * - `sent`: Twilio has it, under `sid`. What becomes of it then stands in `twilio_calls` and `twilio_sms`.
 * - `blocked`: the gate did not let the text through; `reason` says why.
 * - `failed`: it did not leave, or nobody can tell; `reason` says why.
 */
export const OUTBOUND_STATES = ["queued", "sending", "unknown", "sent", "blocked", "failed"] as const;
export type OutboundState = (typeof OUTBOUND_STATES)[number];

const FINAL: readonly OutboundState[] = ["sent", "blocked", "failed"];

/** Whether nothing more becomes of a request. */
export function isFinal(state: OutboundState): boolean {
  return FINAL.includes(state);
}

/** The schema of what `GET` shows. Times are ISO 8601. */
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
