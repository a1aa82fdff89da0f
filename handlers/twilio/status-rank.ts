/**
 * The rank of a status: how far the call or text has come. Callbacks arrive late, twice and out of order, so a status replaces only a status of
 * lower rank. Final statuses share the highest rank, so the first of them stays.
 *
 * The tables name every status of Twilio's library. It is not imported, not even for its types, since its modules can send texts.
 */

/** `initiated` is in callbacks only. Source: https://www.twilio.com/docs/voice/api/call-resource#call-status-values */
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

/**
 * `partially_delivered` is not final: the rest may still be delivered. `read` comes after `delivered`.
 * Source: https://www.twilio.com/docs/messaging/api/message-resource#message-status-values
 */
const TEXT_RANKS: Readonly<Record<string, number>> = {
  accepted: 1,
  scheduled: 1,
  queued: 2,
  receiving: 2,
  sending: 3,
  sent: 4,
  partially_delivered: 5,
  received: 9,
  delivered: 9,
  undelivered: 9,
  failed: 9,
  canceled: 9,
  read: 10,
};

/**
 * The rank of a status that Twilio has added since. It is news, so it replaces every status on the way, and an earlier unknown one. It does not
 * replace a final status, because nobody knows whether it comes after it.
 */
export const UNKNOWN_STATUS_RANK = 7;

const callRanks = new Map(Object.entries(CALL_RANKS));
const textRanks = new Map(Object.entries(TEXT_RANKS));

/** The rank of a call's status. */
export function callStatusRank(status: string): number {
  return callRanks.get(status) ?? UNKNOWN_STATUS_RANK;
}

/** The rank of a text's status. */
export function textStatusRank(status: string): number {
  return textRanks.get(status) ?? UNKNOWN_STATUS_RANK;
}
