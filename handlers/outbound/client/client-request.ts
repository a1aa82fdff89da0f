/** Sends one request of the outbound client, and repeats it if that is safe. */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { readAtMost } from "../../worker/response-body.ts";
import { type Backoff, backoffMs, failureOf, retryAfterMs } from "../../worker/retry.ts";

/** The endpoint's address and token. */
export interface OutboundClientSettings {
  /** The admin server's URL without a trailing slash, like `http://127.0.0.1:18798`. */
  readonly url: string;
  readonly token: string;
  /** The pauses between attempts if the answer has no `Retry-After`. */
  readonly backoff?: Backoff;
}

/** A request to the endpoint. */
export interface ClientRequest {
  /** The path below the URL. */
  readonly path: string;
  /** The content, sent as JSON with POST. Without it the request is a GET. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A request that failed. The message is one line and holds no token. */
export class OutboundError extends Error {
  override readonly name = "OutboundError";
  /** The answer's HTTP status, or undefined if there was no answer. */
  readonly status: number | undefined;
  readonly title: string;
  readonly detail: string;

  constructor(status: number | undefined, title: string, detail: string, options?: ErrorOptions) {
    super(detail === "" ? title : `${title}: ${detail}`, options);
    this.status = status;
    this.title = title;
    this.detail = detail;
  }
}

/** The most attempts for one request. */
const MAX_ATTEMPTS = 4;
const BACKOFF: Backoff = { fromMs: 500, toMs: 4_000 };
const MAX_PAUSE_MS = 10_000;

/** The limits of an answer: its time, in milliseconds, and its size, in bytes. */
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;

const Problem = z.object({
  title: z.string(),
  detail: z.string().default(""),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).default([]),
});

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly afterMs: number | undefined;
  readonly content: unknown;
}

/**
 * Sends a request until the answer is something other than 503, at most {@link MAX_ATTEMPTS} times. Repeating is safe: a GET changes
 * nothing, and a POST carries the same `Idempotency-Key` each time.
 *
 * @returns the content of the answer
 * @throws OutboundError if the answer is an error or there is no answer; the signal's reason if it is aborted
 */
export async function request(settings: OutboundClientSettings, asked: ClientRequest): Promise<unknown> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await attemptOf(settings, asked);
    asked.signal?.throwIfAborted();
    const isAgain = outcome instanceof OutboundError || outcome.status === 503;
    if (isAgain && attempt < MAX_ATTEMPTS) await pause(settings, asked, attempt, outcome);
    else return contentOf(outcome);
  }
}

async function attemptOf(
  { url, token }: OutboundClientSettings,
  asked: ClientRequest,
): Promise<Answer | OutboundError> {
  const { path, body, headers, signal } = asked;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(`${url}${path}`, {
      headers: {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
      // The token goes to the endpoint alone.
      redirect: "manual",
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const afterMs = retryAfterMs(response.headers.get("retry-after"));
    return { ok: response.ok, status: response.status, afterMs, content: await jsonOf(response) };
  } catch (cause) {
    return new OutboundError(
      undefined,
      failureOf(cause),
      `expected the outbound endpoint at ${url}; is the handler running there?`,
      { cause },
    );
  }
}

/** Reads the answer's JSON, or undefined if it is not JSON: the page of another program, for example. */
async function jsonOf(response: Response): Promise<unknown> {
  const bytes = await readAtMost(response, MAX_ANSWER_BYTES);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

async function pause(
  { backoff = BACKOFF }: OutboundClientSettings,
  { signal }: ClientRequest,
  attempt: number,
  outcome: Answer | OutboundError,
): Promise<void> {
  const asked = "afterMs" in outcome ? outcome.afterMs : undefined;
  const ms = Math.min(asked ?? backoffMs(attempt, backoff), MAX_PAUSE_MS);
  await pauseFor(ms, signal);
}

/**
 * Waits.
 *
 * @throws the signal's reason if it is aborted
 */
export async function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  signal?.throwIfAborted();
}

function contentOf(outcome: Answer | OutboundError): unknown {
  if (outcome instanceof OutboundError) throw outcome;
  if (outcome.ok && outcome.content !== undefined) return outcome.content;
  throw problemOf(outcome);
}

function problemOf({ status, content }: Answer): OutboundError {
  const { success, data } = Problem.safeParse(content);
  if (!success) return new OutboundError(status, `HTTP ${status}`, "not an answer of the outbound endpoint");
  const fields = data.errors.map(({ pointer, detail }) => `${pointer.replace(/^#\/?/, "") || "body"}: ${detail}`);
  return new OutboundError(status, data.title, fields.length > 0 ? fields.join("; ") : data.detail);
}
