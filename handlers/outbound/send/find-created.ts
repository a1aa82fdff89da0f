/**
 * Asks Twilio whether it has a call or text that nobody knows the fate of.
 * Sources: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources and
 * https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
 */
import { z } from "zod";
import { requestTwilio, type TwilioAccount } from "./twilio-answer.ts";

/** What is looked for. */
export interface Sought {
  readonly kind: "call" | "message";
  readonly to: string;
  readonly from: string;
  /** When the request was begun. */
  readonly since: Date;
}

/**
 * How far Twilio's clock may be behind the database's, in milliseconds; its dates are in whole seconds. What is known to be another request
 * is left out anyway.
 */
const CLOCK_SKEW_MS = 60_000;

/** The newest of the pair of numbers; there is at most one request a second. */
const PAGE_SIZE = 200;

const Resource = z.object({
  sid: z.string(),
  direction: z.string().nullable(),
  // What has no date yet is new.
  date_created: z
    .string()
    .nullable()
    .transform((date) => (date === null ? new Date() : new Date(date)))
    .refine((date) => !Number.isNaN(date.getTime()), { error: "expected a date" }),
});
const Lists = { call: z.object({ calls: z.array(Resource) }), message: z.object({ messages: z.array(Resource) }) };

/**
 * The SIDs of what Twilio has that can be what is sought: outbound over the API, between the same numbers, not older than the request. The
 * oldest stands first. A text's body is not compared: Twilio may have changed its encoding.
 *
 * @throws Error with the HTTP status where Twilio does not list them, or what `fetch` throws
 */
export async function findCreated({ kind, to, from, since }: Sought, account: TwilioAccount): Promise<string[]> {
  const query = new URLSearchParams({ To: to, From: from, PageSize: String(PAGE_SIZE) });
  const answer = await requestTwilio(account, `/${kind === "call" ? "Calls" : "Messages"}.json?${query}`);
  if (!answer.ok) throw new Error(`Twilio's list of ${kind}s: HTTP ${answer.status}`);
  const body: unknown = await answer.json();
  const resources = kind === "call" ? Lists.call.parse(body).calls : Lists.message.parse(body).messages;
  return resources
    .filter(({ direction }) => direction === "outbound-api")
    .filter(({ date_created: created }) => created.getTime() >= since.getTime() - CLOCK_SKEW_MS)
    .toSorted((a, b) => a.date_created.getTime() - b.date_created.getTime())
    .map(({ sid }) => sid);
}
