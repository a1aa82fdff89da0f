/**
 * Searches Twilio for a call or text of unknown outcome.
 * Sources: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources and
 * https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
 */
import { z } from "zod";
import { logInfo } from "../../log/log.ts";
import { failureOf } from "../../worker/retry.ts";
import { isSameText } from "./same-text.ts";
import { type CreateOutcome, requestTwilio, type TwilioAccount } from "./twilio-answer.ts";
import { isUnsent } from "./unsent.ts";

/** The two numbers of a call or text, by its kind. */
export interface Between {
  readonly kind: "call" | "message";
  readonly to: string;
  readonly from: string;
}

/** The call or text to find. */
export interface Sought extends Between {
  /** The time at which the request began. */
  readonly since: Date;
  /** The SIDs that Twilio had between the numbers before the request; null if it did not list them then. */
  readonly before: readonly string[] | null;
  /** A text's words. */
  readonly body: string | undefined;
}

/**
 * How long Twilio may take to list what it has before a request, in milliseconds: the request waits for it, and a text's clearance is valid for
 * 5 seconds.
 */
const BEFORE_TIMEOUT_MS = 2_000;

/**
 * How much older than the request a resource may seem, in milliseconds, if Twilio did not list what it had before. Twilio's dates are in whole
 * seconds, and its clock and the database's may differ by a second. A larger margin would take in what somebody else sent before.
 */
const DATE_MARGIN_MS = 2_000;

/** The most results of a search: the newest between the two numbers. There is at most one request a second. */
const PAGE_SIZE = 200;

const Resource = z.object({
  sid: z.string(),
  direction: z.string().nullable(),
  /** A text's words; a call has none. */
  body: z.string().nullish(),
  // A resource without a date has just been created.
  date_created: z
    .string()
    .nullable()
    .transform((date) => (date === null ? new Date() : new Date(date)))
    .refine((date) => !Number.isNaN(date.getTime()), { error: "expected a date" }),
});
type Resource = z.infer<typeof Resource>;
const Lists = { call: z.object({ calls: z.array(Resource) }), message: z.object({ messages: z.array(Resource) }) };

/** The calls or texts that Twilio has between two numbers before a request. */
export interface Before {
  /** The SIDs; null if Twilio did not list them in time. The request may leave all the same. */
  readonly sids: string[] | null;
  /** The request's outcome if no connection could be opened: then it cannot leave either. */
  readonly unsent?: CreateOutcome | undefined;
}

/** Asks Twilio what it has between the two numbers, to know before a request leaves that none of that can be the request's. It does not throw. */
export async function sidsBefore(between: Between, account: TwilioAccount): Promise<Before> {
  try {
    return { sids: (await list(between, { ...account, timeoutMs: BEFORE_TIMEOUT_MS })).map(({ sid }) => sid) };
  } catch (error) {
    if (isUnsent(error)) return { sids: null, unsent: { kind: "unsent", reason: failureOf(error) } };
    logInfo("Twilio did not list what it has before an outbound request", {
      kind: between.kind,
      reason: failureOf(error),
    });
    return { sids: null };
  }
}

/**
 * Returns the SIDs of the calls or texts that may be the sought one, the oldest first: outbound over the API, between the same numbers, not there
 * before the request, and with a text's words.
 *
 * @throws Error with the HTTP status if Twilio does not list them; the error of `fetch` if there is no answer; ZodError for an unexpected list
 */
export async function findCreated(sought: Sought, account: TwilioAccount): Promise<string[]> {
  const resources = await list(sought, account);
  return resources
    .filter((resource) => isNew(resource, sought) && hasWords(resource, sought))
    .toSorted((a, b) => a.date_created.getTime() - b.date_created.getTime())
    .map(({ sid }) => sid);
}

function isNew({ sid, date_created: created }: Resource, { before, since }: Sought): boolean {
  return before === null ? created.getTime() >= since.getTime() - DATE_MARGIN_MS : !before.includes(sid);
}

function hasWords({ body }: Resource, { kind, body: sent }: Sought): boolean {
  return kind === "call" || (typeof body === "string" && sent !== undefined && isSameText(sent, body));
}

async function list({ kind, to, from }: Between, account: TwilioAccount): Promise<Resource[]> {
  const query = new URLSearchParams({ To: to, From: from, PageSize: String(PAGE_SIZE) });
  const path = `/${kind === "call" ? "Calls" : "Messages"}.json?${query}`;
  const answer = await requestTwilio(account, path);
  if (!answer.ok) throw new Error(`Twilio did not list its ${kind}s: HTTP ${answer.status}`);
  const body: unknown = await answer.json();
  const resources = kind === "call" ? Lists.call.parse(body).calls : Lists.message.parse(body).messages;
  return resources.filter(({ direction }) => direction === "outbound-api");
}
