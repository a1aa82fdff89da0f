/**
 * Searches Twilio for a call or text of unknown outcome.
 * Sources: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources and
 * https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
 */
import { z } from "zod";
import { requestTwilio, type TwilioAccount } from "./twilio-answer.ts";

/** The call or text to find. */
export interface Sought {
  readonly kind: "call" | "message";
  readonly to: string;
  readonly from: string;
  /** The time at which the request began. */
  readonly since: Date;
}

/**
 * How far Twilio's clock may be behind the database's, in milliseconds. Twilio's dates are in whole seconds. A generous margin does no harm:
 * the caller leaves out the SIDs of other requests.
 */
const CLOCK_SKEW_MS = 60_000;

/** The most results of a search: the newest between the two numbers. There is at most one request a second. */
const PAGE_SIZE = 200;

const Resource = z.object({
  sid: z.string(),
  direction: z.string().nullable(),
  // A resource without a date has just been created.
  date_created: z
    .string()
    .nullable()
    .transform((date) => (date === null ? new Date() : new Date(date)))
    .refine((date) => !Number.isNaN(date.getTime()), { error: "expected a date" }),
});
const Lists = { call: z.object({ calls: z.array(Resource) }), message: z.object({ messages: z.array(Resource) }) };

/**
 * Returns the SIDs of the calls or texts that may be the sought one, the oldest first: outbound over the API, between the same numbers, not
 * older than the request. It does not compare a text's body, because Twilio may have changed its encoding.
 *
 * @throws Error with the HTTP status if Twilio does not list them; the error of `fetch` if there is no answer; ZodError for an unexpected list
 */
export async function findCreated({ kind, to, from, since }: Sought, account: TwilioAccount): Promise<string[]> {
  const query = new URLSearchParams({ To: to, From: from, PageSize: String(PAGE_SIZE) });
  const answer = await requestTwilio(account, `/${kind === "call" ? "Calls" : "Messages"}.json?${query}`);
  if (!answer.ok) throw new Error(`Twilio did not list its ${kind}s: HTTP ${answer.status}`);
  const body: unknown = await answer.json();
  const resources = kind === "call" ? Lists.call.parse(body).calls : Lists.message.parse(body).messages;
  return resources
    .filter(({ direction }) => direction === "outbound-api")
    .filter(({ date_created: created }) => created.getTime() >= since.getTime() - CLOCK_SKEW_MS)
    .toSorted((a, b) => a.date_created.getTime() - b.date_created.getTime())
    .map(({ sid }) => sid);
}
