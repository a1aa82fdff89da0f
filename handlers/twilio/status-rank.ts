/**
 * The rank of a status: how far the call or text has come. Callbacks arrive late, twice and out of order, so a status replaces only a status of
 * lower rank. Final statuses share the highest rank, so the first of them stays. A status that is not listed ranks below all others.
 */

/** Source: https://www.twilio.com/docs/voice/api/call-resource#call-status-values */
const CALL_RANKS: Readonly<Record<string, number>> = {
  queued: 1,
  initiated: 2,
  ringing: 3,
  "in-progress": 4,
  completed: 9,
  busy: 9,
  failed: 9,
  "no-answer": 9,
  canceled: 9,
};

/** Source: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values. `read` comes after `delivered`. */
const TEXT_RANKS: Readonly<Record<string, number>> = {
  accepted: 1,
  scheduled: 1,
  queued: 2,
  receiving: 2,
  sending: 3,
  sent: 4,
  received: 9,
  delivered: 9,
  undelivered: 9,
  failed: 9,
  canceled: 9,
  read: 10,
};

/** The rank of a call's status; 0 if it is unknown. */
export function callStatusRank(status: string): number {
  return CALL_RANKS[status] ?? 0;
}

/** The rank of a text's status; 0 if it is unknown. */
export function textStatusRank(status: string): number {
  return TEXT_RANKS[status] ?? 0;
}
