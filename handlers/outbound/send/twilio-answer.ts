/**
 * Sends requests to Twilio's REST API, and reads its answer to a create.
 * Source: https://www.twilio.com/docs/usage/twilios-response
 */
import { z } from "zod";
import { type ApiAccount, sendAuthorised, WRONG_LOGIN } from "../../twilio/api-account.ts";
import { discardBody, readAtMost } from "../../worker/response-body.ts";
import { failureOf, oneLine, retryAfterMs } from "../../worker/retry.ts";
import { isUnsent } from "./unsent.ts";

/** The Twilio account that sends the requests. */
export interface TwilioAccount extends ApiAccount {
  /** Sends the requests, for tests. Default: the global `fetch`. The host is always Twilio's. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** The time limit of a request, in milliseconds. Default: {@link CREATE_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
}

/**
 * The outcome of a create:
 * - `created`: Twilio has it, under `sid`;
 * - `limited`: Twilio did not take it and asks to wait (429), for `afterMs` milliseconds if it says so;
 * - `refused`: Twilio did not take it;
 * - `unsent`: it never left this machine, or Twilio refused the credentials and did not look at it;
 * - `unknown`: it may have been carried out, so it must not be sent again.
 *
 * A reason is one bounded line and contains nothing of the request. `errorCode` is Twilio's error of the request or of the new resource, if it has one.
 */
export type CreateOutcome =
  | { readonly kind: "created"; readonly sid: string; readonly errorCode?: number }
  | { readonly kind: "limited"; readonly afterMs: number | undefined }
  | { readonly kind: "refused"; readonly reason: string; readonly errorCode?: number }
  | { readonly kind: "unsent"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

/** The time limit for Twilio's answer, in milliseconds. */
export const CREATE_TIMEOUT_MS = 10_000;

const MAX_ANSWER_BYTES = 64 * 1024;

/** Whether a request may have been carried out despite its error status: after a time-out, or any server error. */
const UNSURE = (status: number) => status === 408 || status >= 500;

const Created = z.object({ sid: z.string(), error_code: z.number().nullish().catch(undefined) });
const TwilioFailure = z.object({ code: z.number() });

/**
 * Sends a request for the account, with each valid login in turn while Twilio refuses them, within the time limit in all. It follows no redirect,
 * so that only Twilio gets a login.
 *
 * @param path the path below the account, like `/Calls.json`
 * @throws the error of `fetch` if there is no answer
 */
export function requestTwilio(account: TwilioAccount, path: string, init: RequestInit = {}): Promise<Response> {
  const { accountSid, fetch: send = fetch, timeoutMs = CREATE_TIMEOUT_MS } = account;
  const signal = AbortSignal.timeout(timeoutMs);
  return sendAuthorised(account, (authorization) =>
    send(`https://api.twilio.com/2010-04-01/Accounts/${accountSid}${path}`, {
      ...init,
      headers: { authorization },
      redirect: "manual",
      signal,
    }),
  );
}

/**
 * Sends a create once, and returns its outcome. It does not throw.
 *
 * @param sidPattern the pattern that the new resource's SID must match
 */
export async function createOutcome(send: () => Promise<Response>, sidPattern: RegExp): Promise<CreateOutcome> {
  try {
    return await outcomeOf(await send(), sidPattern);
  } catch (error) {
    return { kind: isUnsent(error) ? "unsent" : "unknown", reason: failureOf(error) };
  }
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
    if (created.success && sidPattern.test(created.data.sid)) return createdOutcome(created.data);
    return { kind: "unknown", reason: `HTTP ${status} without a SID` };
  }
  const reason = reasonOf(status, body);
  if (status === WRONG_LOGIN)
    return { kind: "unsent", reason: `Twilio accepts none of the handler's credentials: ${reason}` };
  if (UNSURE(status)) return { kind: "unknown", reason };
  const { data } = TwilioFailure.safeParse(body);
  return { kind: "refused", reason, ...(data && { errorCode: data.code }) };
}

function createdOutcome({ sid, error_code: errorCode }: z.infer<typeof Created>): CreateOutcome {
  return { kind: "created", sid, ...(errorCode && { errorCode }) };
}

/** The status and Twilio's error code. Its message is left out, because it quotes the request. */
function reasonOf(status: number, body: unknown): string {
  const { data } = TwilioFailure.safeParse(body);
  return oneLine(
    data === undefined ? `HTTP ${status}` : `HTTP ${status}, https://www.twilio.com/docs/api/errors/${data.code}`,
  );
}

/** Reads a body's JSON, or undefined if the body is cut off, too long or not JSON: then only the status counts. */
async function jsonOf(answer: Response): Promise<unknown> {
  try {
    const bytes = await readAtMost(answer, MAX_ANSWER_BYTES);
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
