/**
 * Requests to Twilio's Webhooks configuration API, a public beta. Twilio's SDK is not used, because it can send texts.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-configuration
 */
import { type Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { UserError } from "../../hub/values/user-error.ts";
import { isJson, refusalText } from "./refusal.ts";

/** The access to the API: an API key's SID and secret, or an account's SID and auth token. */
export interface WebhooksAccess {
  readonly username: string;
  readonly password: string;
  /** Set if Twilio is reached through a proxy. */
  readonly agent?: Agent | undefined;
  /** The time in which Twilio must answer one request, in milliseconds. Default: 20,000. */
  readonly timeoutMs?: number;
  /** Ends every request, and the tries after it. Without it each request may take three tries. */
  readonly signal?: AbortSignal | undefined;
}

/** A request to the API. */
export interface WebhooksRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly resource: "Rules" | "Settings" | "SharedKeys" | "Operations";
  /** The ID of one resource. Without it the request is for the list. */
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** A UUIDv7. A request with the same key is carried out once, so it is sent again after a failure. */
  readonly idempotencyKey?: string;
}

/** The account has no Webhooks configuration API, or the credentials may not use it. Its Rules are unknown then. */
export class WebhooksApiUnavailable extends UserError {
  override readonly name = "WebhooksApiUnavailable";
}

/** An answer, as far as it is read. */
interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
  readonly body: string;
}

const TIMEOUT_MS = 20_000;

/** The most tries of a request that may be sent again. */
const MOST_TRIES = 3;

/** The pause before the second try, in milliseconds. The next one is twice as long. */
const FIRST_PAUSE_MS = 500;

/** The longest wait that Twilio may ask for before a request is sent again. After a longer one the run ends and says so. */
const LONGEST_WAIT_S = 10;

/** Two requests changed related resources at once, and nothing was saved (https://www.twilio.com/docs/api/errors/59102). */
const TRANSACTION_CONFLICT = 59102;

const ErrorBody = z.looseObject({
  code: z.number().nullish(),
  /** The fault of this very request. */
  detail: z.string().nullish(),
  message: z.string().nullish(),
  title: z.string().nullish(),
});

/**
 * Sends a request, and again after a failure if that is safe.
 *
 * @returns the answer's JSON; undefined if it has no body
 * @throws WebhooksApiUnavailable if the account has no such API, or the credentials may not use it
 * @throws UserError if Twilio refuses in another way, or does not answer
 */
export async function requestWebhooksApi(access: WebhooksAccess, asked: WebhooksRequest): Promise<unknown> {
  const mayRepeat = asked.method === "GET" || asked.idempotencyKey !== undefined;
  for (let tries = 1; ; tries += 1) {
    const answer = await send(access, asked).catch((error: unknown) => {
      if (!mayRepeat || tries >= MOST_TRIES || access.signal?.aborted) throw error;
      return undefined;
    });
    if (answer !== undefined && isUsable(answer)) return jsonOf(answer.body);
    const wait = waitMs(answer, tries);
    if (answer !== undefined && (!mayRepeat || tries >= MOST_TRIES || wait === undefined))
      throw problemOf(access, asked, answer);
    // If the signal ends the pause, the next try fails at once and says so.
    await pause(wait, undefined, { signal: access.signal }).catch(() => undefined);
  }
}

function isUsable({ status, contentType, body }: Answer): boolean {
  return status >= 200 && status < 300 && (body === "" || isJson(contentType));
}

/** The pause before the next try, in milliseconds; undefined if another try is useless, or Twilio asks for a wait that is too long. */
function waitMs(answer: Answer | undefined, tries: number): number | undefined {
  const backoff = FIRST_PAUSE_MS * 2 ** (tries - 1);
  if (answer === undefined) return backoff;
  const { status, retryAfter } = answer;
  if (status !== 429 && status < 500 && errorOf(answer).code !== TRANSACTION_CONFLICT) return undefined;
  if (retryAfter === null) return backoff;
  return Number(retryAfter) <= LONGEST_WAIT_S ? Number(retryAfter) * 1000 : undefined;
}

function problemOf({ username }: WebhooksAccess, { id }: WebhooksRequest, answer: Answer): UserError {
  const { status, contentType } = answer;
  const { code, detail, message, title } = errorOf(answer);
  const reasons = [code, detail ?? message ?? title].filter((part) => part !== undefined && part !== null).join(" ");
  const credentials = username.startsWith("AC")
    ? "hub:twilio.accountSid and hub:twilio.authToken"
    : "hub:signing.apiKey";
  const unavailable = isJson(contentType) || contentType === null ? unavailability(status, id, credentials) : undefined;
  if (unavailable === undefined) {
    const names = `whether ${id ?? "it"} was deleted`;
    return new UserError(refusalText({ ...VENDOR, ...answer, credentials, names, reasons }));
  }
  const said = reasons === "" ? "" : ` (${reasons})`;
  return new WebhooksApiUnavailable(
    `Twilio answered ${status}${said} for its Webhooks configuration API: ${unavailable}`,
  );
}

const VENDOR = { vendor: "Twilio", statusPage: "https://status.twilio.com" };

/** Why the API is not available, and the remedy; undefined if the status means something else. */
function unavailability(status: number, id: string | undefined, credentials: string): string | undefined {
  if (status === 401) return `it does not accept the credentials; check ${credentials}`;
  if (status === 403) return `the credentials may not use it; check what ${credentials} may do`;
  if (status !== 404 || id !== undefined) return undefined;
  return "the account does not have it; see https://www.twilio.com/docs/usage/webhooks/webhook-configuration";
}

function errorOf({ contentType, body }: Answer): z.infer<typeof ErrorBody> {
  return isJson(contentType) ? (ErrorBody.safeParse(jsonOf(body)).data ?? {}) : {};
}

/** The value of a JSON text; undefined if it is empty or cut off. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function send(access: WebhooksAccess, { method, resource, id, query, body, idempotencyKey }: WebhooksRequest) {
  const path = `${resource}${id === undefined ? "" : `/${encodeURIComponent(id)}`}`;
  const url = new URL(`https://webhooks.twilio.com/v1/Webhooks/${path}?${new URLSearchParams(query)}`);
  const sent = body === undefined ? "" : JSON.stringify(body);
  const options = {
    method,
    auth: `${access.username}:${access.password}`,
    headers: {
      Accept: "application/json",
      "Content-Length": Buffer.byteLength(sent),
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(idempotencyKey !== undefined && { "Idempotency-Key": idempotencyKey }),
    },
    signal: AbortSignal.any([
      AbortSignal.timeout(access.timeoutMs ?? TIMEOUT_MS),
      ...(access.signal ? [access.signal] : []),
    ]),
    ...(access.agent && { agent: access.agent }),
  };
  return new Promise<Answer>((resolve, reject) => {
    const refuse = (cause: NodeJS.ErrnoException) =>
      reject(new UserError(`Twilio did not answer (${cause.code ?? cause.message}); check the network`, { cause }));
    const outgoing = request(url, options, (response) => {
      const { statusCode = 0, headers } = response;
      const [contentType, retryAfter] = [headers["content-type"] ?? null, headers["retry-after"] ?? null];
      text(response).then(
        (answered) => resolve({ status: statusCode, contentType, retryAfter, body: answered }),
        refuse,
      );
    });
    outgoing.on("error", refuse);
    outgoing.end(sent);
  });
}
