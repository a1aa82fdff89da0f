/**
 * Reads resources of Twilio's messaging API. It sends GET requests alone, to one host alone.
 * Source: https://www.twilio.com/docs/usage/requests-to-twilio
 */
import { z } from "zod";
import type { GetFromTwilio } from "../../hub/registrations/read-registrations.ts";
import { type ApiAccount, sendAuthorised } from "../twilio/api-account.ts";
import { discardBody, readAtMost } from "../worker/response-body.ts";
import { failureOf, retryAfterMs } from "../worker/retry.ts";

/** The account whose registrations are read. */
export interface ReadAccount extends ApiAccount {
  /** Sends the requests, for tests. Default: the global `fetch`. The host is always Twilio's. */
  readonly fetch?: ((url: string, init: RequestInit) => Promise<Response>) | undefined;
  /** The time limit of a request, in milliseconds. Default: 10 seconds. */
  readonly timeoutMs?: number | undefined;
}

/** Twilio did not say. The message is one line without a secret. */
export class UnreadError extends Error {
  override readonly name = "UnreadError";
  /** The pause that Twilio asked for, in milliseconds. */
  readonly afterMs: number | undefined;

  constructor(message: string, afterMs?: number) {
    super(message);
    this.afterMs = afterMs;
  }
}

const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Twilio's own 404. One without this code may come from a proxy on the way, and says nothing about the resource. */
const NotFound = z.object({ code: z.literal(20404) });

/**
 * Makes the reader of an account. It follows no redirect, so that only Twilio gets a login.
 *
 * @param signal aborted when the handler stops
 */
export function twilioGet(account: ReadAccount, signal: AbortSignal): GetFromTwilio {
  const { fetch: send = fetch, timeoutMs = TIMEOUT_MS } = account;
  return async (path) => {
    if (!path.startsWith("/v1/")) throw new UnreadError(`${path} is not a path of Twilio's messaging API`);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const answer = await sendAuthorised(account, (authorization) =>
        send(`https://messaging.twilio.com${path}`, { headers: { authorization }, redirect: "manual", signal: limit }),
      );
      return await contentOf(answer, path);
    } catch (error) {
      throw error instanceof UnreadError
        ? error
        : new UnreadError(`Twilio gave no answer to ${path}: ${failureOf(error)}`);
    }
  };
}

/** @returns the answer's JSON; undefined if Twilio does not have the resource */
async function contentOf(answer: Response, path: string): Promise<unknown> {
  const { status, headers } = answer;
  if (status !== 200 && status !== 404) {
    await discardBody(answer);
    throw new UnreadError(`Twilio answered ${path} with HTTP ${status}`, retryAfterMs(headers.get("retry-after")));
  }
  const content = await jsonOf(answer);
  if (content === undefined) throw new UnreadError(`Twilio answered ${path} with HTTP ${status} and no JSON`);
  if (status === 200) return content;
  if (NotFound.safeParse(content).success) return undefined;
  throw new UnreadError(`Twilio answered ${path} with HTTP 404 and no error of its own`);
}

async function jsonOf(answer: Response): Promise<unknown> {
  const bytes = await readAtMost(answer, MAX_ANSWER_BYTES);
  try {
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
