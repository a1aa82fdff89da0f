/**
 * The turns of a call. A `<Gather>` that hears the same words twice sends the same parameters twice. Each turn's action URL therefore has a
 * counter; otherwise the second turn would look like a repeat of the first.
 */
import type { WebhookParameters } from "../twilio/parameters.ts";

/** The highest turn of a call. */
export const LAST_TURN = 99;

const TURN = "turn=([1-9][0-9]?)";
const QUERIES = {
  form: new RegExp(`^(?:\\?${TURN})?$`),
  // Of a JSON body, only its hash is signed: https://www.twilio.com/docs/usage/webhooks/webhooks-security
  json: new RegExp(`^\\?(?:${TURN}&)?bodySHA256=[0-9a-f]{64}$`),
};

/**
 * The turn in a query: 0 if the query is empty or has no turn, undefined if it is not a query of the hub's. The signed string is a plain
 * concatenation, so the border between the query and the first parameter can be moved. The whole query must therefore match.
 *
 * @param query the query as it arrived, with its question mark, or ""
 * @param format the body's format; the query of a JSON body also holds its hash
 */
export function turnOf(query: string, format: "form" | "json" = "form"): number | undefined {
  const match = QUERIES[format].exec(query);
  return match === null ? undefined : Number(match[1] ?? 0);
}

/**
 * The turn that an event belongs to. If the URL of a turn fails, Twilio sends the turn's parameters to the number's fallback URL, which has no
 * counter, and names the failed URL in `ErrorUrl` (https://www.twilio.com/docs/usage/security/availability-reliability). Without this, that
 * turn would look like the beginning of the call.
 *
 * @param turn the turn that {@link turnOf} read from the query
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
 * @throws RangeError if the turn is not 1 to {@link LAST_TURN}: {@link turnOf} would refuse it
 */
export function turnUrl(url: string, turn: number): string {
  if (!Number.isInteger(turn) || turn < 1 || turn > LAST_TURN) {
    throw new RangeError(`turn ${turn} of a call: expected 1 to ${LAST_TURN}`);
  }
  return `${url}?turn=${turn}`;
}
