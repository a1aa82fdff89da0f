/**
 * Sends a webhook to the edge, signed as Twilio does it: as the Setting of its URL says, or with the auth token.
 * Sources: https://www.twilio.com/docs/usage/webhooks/webhooks-security and https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
 */
import { type IncomingMessage, type RequestOptions, request } from "node:http";
import { LOOPBACK } from "../../serving/listen.ts";
import { type AppliedSetting, nextSetting } from "../configuration/applied-setting.ts";
import type { WebhooksConfiguration } from "../configuration/state.ts";
import { credentialsOf, signatureHeaders } from "./sign.ts";

/** The parameters of a webhook. A repeated parameter's value is a list. */
export type WebhookParams = Readonly<Record<string, string | readonly string[]>>;

/** A webhook to send. */
export interface WebhookRequest {
  /** An absolute URL. Its fragment is neither signed nor sent, and the rest is sent verbatim. */
  readonly url: string;
  readonly params: WebhookParams;
  /** A signature to send instead of the right one, for example a forgery, or that of another request. */
  readonly signature?: string;
  /** Default: POST. With GET the parameters go into the URL, and only the URL is signed. */
  readonly method?: string;
  /** Further headers. They replace default ones of the same name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A body to send instead of the parameters. */
  readonly body?: string;
}

/** A request that was sent, and its answer. */
export interface WebhookAttempt {
  /** The URL that was called and signed. */
  readonly url: string;
  readonly method: string;
  readonly params: WebhookParams;
  /** Empty if the Setting says that nothing is signed. */
  readonly signature: string;
  /** Undefined if no answer came. */
  readonly status: number | undefined;
  readonly body: string;
  readonly contentType: string | undefined;
  /** Why no answer came. */
  readonly error?: string;
}

/** How webhooks are sent: the account that signs them, the edge's port, and the time-out. */
export interface WebhookSource {
  /** It is read at each request, so that a rotated token takes effect at once, and a Setting as soon as it applies. */
  readonly account: { readonly authToken: string; readonly webhooks: WebhooksConfiguration };
  readonly edgePort: number;
  readonly timeoutMs: number;
}

/** Twilio's total time-out for a webhook, in milliseconds (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides). */
export const WEBHOOK_TIMEOUT_MS = 15_000;

/**
 * Signs one webhook and sends it, without a retry or a fallback. If no answer comes, it returns an attempt with an error and does not throw.
 *
 * @param applied the URL's Setting; undefined if none applies
 * @param limit ends the attempt early
 */
export async function sendWebhook(
  source: WebhookSource,
  webhook: WebhookRequest,
  applied: AppliedSetting | undefined = nextSetting(source.account.webhooks, withoutFragment(webhook.url)),
  limit?: AbortSignal,
): Promise<WebhookAttempt> {
  const method = webhook.method ?? "POST";
  const form = formOf(webhook.params);
  const url = method === "GET" ? withQuery(withoutFragment(webhook.url), form) : withoutFragment(webhook.url);
  const signedParams = method === "GET" ? {} : webhook.params;
  const signed =
    webhook.signature === undefined
      ? signatureHeaders(source.account.authToken, applied, url, signedParams)
      : { "X-Twilio-Signature": webhook.signature };
  const sent = { url, method, params: webhook.params, signature: signed["X-Twilio-Signature"] ?? "" };
  try {
    const body = webhook.body ?? (method === "GET" ? "" : form);
    const headers = { ...requestHeaders(url, body), ...credentialsOf(applied), ...signed, ...webhook.headers };
    const timeoutMs = applied?.setting.connection?.readTimeoutMs ?? source.timeoutMs;
    const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(limit === undefined ? [] : [limit])]);
    return { ...sent, ...(await exchange(source.edgePort, url, { method, headers, signal }, body)) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...sent, status: undefined, body: "", contentType: undefined, error: reason };
  }
}

/** Removes a URL's fragment, which holds connection overrides and is neither signed nor sent. */
export function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, "");
}

function formOf(params: WebhookParams): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    for (const single of typeof value === "string" ? [value] : value) form.append(name, single);
  }
  return form.toString();
}

function withQuery(url: string, query: string): string {
  if (query === "") return url;
  return `${url}${url.includes("?") ? "&" : "?"}${query}`;
}

function requestHeaders(url: string, body: string): Record<string, string> {
  const form = { "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8" };
  return {
    Host: target(url).host,
    Accept: "*/*",
    "User-Agent": "TwilioProxy/1.1",
    ...(body !== "" && form),
    "Content-Length": String(Buffer.byteLength(body)),
  };
}

/** The parts of a URL exactly as they are written. `URL` would normalise them. */
function target(url: string): { host: string; path: string } {
  const [, host, rest] = /^https?:\/\/([^/?#]+)(.*)$/s.exec(url) ?? [];
  if (host === undefined) throw new Error(`not an absolute http URL: ${url}`);
  return { host, path: rest?.startsWith("/") ? rest : `/${rest ?? ""}` };
}

type Answer = Pick<WebhookAttempt, "status" | "body" | "contentType">;

function exchange(edgePort: number, url: string, options: RequestOptions, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...options,
      host: LOOPBACK,
      port: edgePort,
      path: target(url).path,
      agent: false,
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => readAnswer(response).then(resolve, reject));
    outgoing.end(body);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return {
    status: response.statusCode,
    body: Buffer.concat(chunks).toString("utf8"),
    contentType: response.headers["content-type"],
  };
}
