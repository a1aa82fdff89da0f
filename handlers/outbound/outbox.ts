/** What was asked to leave, and what became of it: the table `twilio_outbound`, the one record of every outbound call and text. */

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
