/**
 * The checks that every webhook passes before it is answered, and their order. What fails one is refused with a status alone: a client that
 * cannot sign learns nothing of why.
 */
import type { Manifest } from "../hub/manifest.ts";
import { WEBHOOK_METHOD } from "../hub/routes.ts";
import { type CandidateUrl, candidateUrls } from "../hub/urls.ts";
import { type Delivered, MAX_BODY_BYTES } from "./delivered.ts";
import { areWellFormed, formParameters, jsonParameters, type WebhookParameters } from "./parameters.ts";
import type { Credentials } from "./secrets.ts";
import { verifySignature } from "./signature.ts";

/** Whom the handler believes: the URLs of its manifest, signed with the account's tokens. */
export interface Trust {
  readonly manifest: Pick<Manifest, "hosts" | "routes">;
  readonly credentials: Credentials;
}

/** A webhook that Twilio has signed for this account. */
export interface Webhook extends Pick<CandidateUrl, "route" | "host" | "url"> {
  readonly parameters: Readonly<WebhookParameters>;
}

/** 404: no URL of the manifest is delivered so. 405: not a POST. 415: neither form nor JSON. 413: too long. 403: not Twilio, or not us. */
export type RefusalStatus = 403 | 404 | 405 | 413 | 415;

/** A webhook, or the status that refuses the request. */
export type Checked = { readonly webhook: Webhook } | { readonly refusal: RefusalStatus };

/**
 * Checks a request: the candidate URLs of its target, its form, the signature, that the account is ours, and the parameters' names.
 *
 * @throws Error where the credentials hold no auth token, or an empty one
 */
export function checkWebhook(delivered: Delivered, { manifest, credentials }: Trust): Checked {
  const candidates = candidateUrls(manifest, delivered.target);
  const refusal = refuseForm(delivered, candidates);
  if (refusal !== undefined) return { refusal };
  const webhook = authenticate(delivered, candidates, credentials);
  return webhook === undefined ? { refusal: 403 } : { webhook };
}

function refuseForm(delivered: Delivered, candidates: readonly CandidateUrl[]): RefusalStatus | undefined {
  if (candidates.length === 0) return 404;
  if (delivered.method !== WEBHOOK_METHOD) return 405;
  if (bodyFormat(delivered) === undefined) return 415;
  return delivered.body.length > MAX_BODY_BYTES ? 413 : undefined;
}

function authenticate(
  delivered: Delivered,
  candidates: readonly CandidateUrl[],
  { accountSid, authTokens }: Credentials,
): Webhook | undefined {
  const { signature } = delivered;
  const { signed, parameters } = readPayload(delivered);
  const urls = candidates.map(({ signedUrl }) => signedUrl);
  const verified = verifySignature({ authTokens, signature, urls, ...signed });
  const candidate = candidates.find(({ signedUrl }) => signedUrl === verified?.url);
  // A repeated AccountSid is a list, which equals no SID.
  if (candidate === undefined || parameters.AccountSid !== accountSid || !areWellFormed(parameters)) return undefined;
  const { route, host, url } = candidate;
  return { route, host, url, parameters };
}

interface Payload {
  /** What the signature is checked against. */
  readonly signed: { readonly params: WebhookParameters; readonly body?: string };
  readonly parameters: WebhookParameters;
}

/** A byte order mark stays: the body's hash covers it. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

function readPayload(delivered: Delivered): Payload {
  const text = UTF8.decode(delivered.body);
  if (bodyFormat(delivered) === "json") return { signed: { params: {}, body: text }, parameters: jsonParameters(text) };
  const parameters = formParameters(text);
  return { signed: { params: parameters }, parameters };
}

/** Undefined for a type that Twilio does not send. A request that names none is read as a form; its signature decides. */
function bodyFormat({ contentType }: Delivered): "form" | "json" | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === "application/x-www-form-urlencoded") return "form";
  return type === "application/json" ? "json" : undefined;
}
