/**
 * Requests to Twilio's REST API, and what its answer to a create says.
 * Source: https://www.twilio.com/docs/usage/twilios-response
 */
import { z } from "zod";
import { discardBody, readAtMost } from "../../work/response-body.ts";
import { failureOf, oneLine, retryAfterMs } from "../../work/retry.ts";

/** The account that calls and texts. */
export interface TwilioAccount {
  /** `AC` and 32 lower-case hex digits. */
  readonly accountSid: string;
  readonly authToken: string;
  /** What sends the requests, for tests: the host is Twilio's. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
}

/**
 * What came of a create: Twilio has it; asks to wait and has not taken it (429); does not take it; it never left this machine; or nobody
 * knows, and it must not be sent again. A reason is one bounded line without what was sent.
 */
export type CreateOutcome =
  | { readonly kind: "created"; readonly sid: string }
  | { readonly kind: "limited"; readonly afterMs: number | undefined }
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "unsent"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** How long Twilio may take over a create, in milliseconds. */
export const CREATE_TIMEOUT_MS = 10_000;

const MAX_ANSWER_BYTES = 64 * 1024;

/** Whatever these statuses say, the request may have been carried out: a time-out, and every failure of the server. */
const UNSURE = (status: number) => status === 408 || status >= 500;

const Created = z.object({ sid: z.string() });
const TwilioFailure = z.object({ code: z.number() });

/**
 * Sends a request in the account's name, within {@link CREATE_TIMEOUT_MS}. A redirect is not followed: the token goes to Twilio alone.
 *
 * @param path from the account on, like `/Calls.json`
 * @throws what `fetch` throws where there is no answer
 */
export function requestTwilio(
  { accountSid, authToken, fetch: send = fetch }: TwilioAccount,
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`;
  return send(`https://api.twilio.com/2010-04-01/Accounts/${accountSid}${path}`, {
    ...init,
    headers: { authorization },
    redirect: "manual",
    signal: AbortSignal.timeout(CREATE_TIMEOUT_MS),
  });
}

/**
 * Sends a create, once, and says what came of it. It does not throw.
 *
 * @param sidPattern what the SID of the created resource looks like
 */
export async function createOutcome(send: () => Promise<Response>, sidPattern: RegExp): Promise<CreateOutcome> {
  try {
    return await outcomeOf(await send(), sidPattern);
  } catch (error) {
    return { kind: isUnsent(error) ? "unsent" : "unknown", reason: failureOf(error) };
  }
}

/**
 * The calls of the system that come before a connection stands: without one no byte has left. A code alone, like EHOSTUNREACH, may come from a
 * connection that stood (https://nodejs.org/api/errors.html#class-systemerror).
 */
const BEFORE_CONNECTION = ["getaddrinfo", "connect"];
/** Undici's own limit of the same time (https://undici.nodejs.org/#/docs/api/Errors). */
const CONNECT_TIMEOUT = "UND_ERR_CONNECT_TIMEOUT";
const MAX_CAUSES = 5;

function isUnsent(error: unknown, depth = 0): boolean {
  if (!(error instanceof Error) || depth > MAX_CAUSES) return false;
  if ("syscall" in error && BEFORE_CONNECTION.some((name) => name === error.syscall)) return true;
  if ("code" in error && error.code === CONNECT_TIMEOUT) return true;
  // A host with several addresses fails at each of them.
  if (error instanceof AggregateError)
    return error.errors.length > 0 && error.errors.every((one) => isUnsent(one, depth + 1));
  return isUnsent(error.cause, depth + 1);
}

async function outcomeOf(answer: Response, sidPattern: RegExp): Promise<CreateOutcome> {
  const { status, headers } = answer;
  if (status === 429) {
    await discardBody(answer);
    return { kind: "limited", afterMs: retryAfterMs(headers.get("retry-after")) };
  }
  const body = await jsonOf(answer);
  if (answer.ok) {
    const created = Created.safeParse(body);
    if (created.success && sidPattern.test(created.data.sid)) return { kind: "created", sid: created.data.sid };
    return { kind: "unknown", reason: `HTTP ${status} without a SID` };
  }
  return { kind: UNSURE(status) ? "unknown" : "refused", reason: reasonOf(status, body) };
}

/** Twilio's message quotes what was sent, so its code alone is kept. */
function reasonOf(status: number, body: unknown): string {
  const { data } = TwilioFailure.safeParse(body);
  return oneLine(
    data === undefined ? `HTTP ${status}` : `HTTP ${status}, https://www.twilio.com/docs/api/errors/${data.code}`,
  );
}

/** A body that breaks off or is no JSON says nothing; the status stays. */
async function jsonOf(answer: Response): Promise<unknown> {
  try {
    const bytes = await readAtMost(answer, MAX_ANSWER_BYTES);
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
