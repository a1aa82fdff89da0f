/**
 * The turns of a call. A `<Gather>` that hears the same words twice sends the same parameters twice, so each turn's action URL carries a
 * counter: without it the second turn would be taken for a repeat of the first.
 */
import type { WebhookParameters } from "../twilio/parameters.ts";

/** The last turn that a call can come to. */
export const LAST_TURN = 99;

const TURN = "turn=([1-9][0-9]?)";
const QUERIES = {
  form: new RegExp(`^(?:\\?${TURN})?$`),
  // The hash of a JSON body, which is what is signed of it: https://www.twilio.com/docs/usage/webhooks/webhooks-security
  json: new RegExp(`^\\?(?:${TURN}&)?bodySHA256=[0-9a-f]{64}$`),
};

/**
 * The turn that a query counts, 0 where it counts none, or undefined for a query that is not the hub's. The signed string is a plain
 * concatenation, so the border between the query and the first parameter can be moved: a query that only contains a turn is none.
 *
 * @param query the query as it arrived, with its question mark, or ""
 * @param format what the body is; that of a JSON body holds its hash as well
 */
export function turnOf(query: string, format: "form" | "json" = "form"): number | undefined {
  const match = QUERIES[format].exec(query);
  return match === null ? undefined : Number(match[1] ?? 0);
}

/**
 * The turn that an event belongs to. Where a turn's URL fails, Twilio sends its parameters to the number's fallback URL, which counts nothing,
 * and says in `ErrorUrl` which URL failed (https://www.twilio.com/docs/usage/security/availability-reliability). What the caller said in that
 * turn is not what began the call.
 *
 * @param turn what {@link turnOf} read of the query
 */
export function turnOfEvent(turn: number, { ErrorUrl }: Readonly<WebhookParameters>): number {
  if (turn !== 0 || typeof ErrorUrl !== "string") return turn;
  const queryAt = ErrorUrl.indexOf("?");
  return queryAt === -1 ? 0 : (turnOf(ErrorUrl.slice(queryAt)) ?? 0);
}

/**
 * The action URL of a turn.
 *
 * @param url one of the manifest's URLs, without a query
 * @throws RangeError where the turn is not 1 to {@link LAST_TURN}: {@link turnOf} would refuse it
 */
export function turnUrl(url: string, turn: number): string {
  if (!Number.isInteger(turn) || turn < 1 || turn > LAST_TURN) {
    throw new RangeError(`turn ${turn} of a call: expected 1 to ${LAST_TURN}`);
  }
  return `${url}?turn=${turn}`;
}
