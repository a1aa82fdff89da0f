/**
 * The checks of a webhook, in their order. A request that fails one is answered with a status only, so a client that cannot sign does not
 * learn why.
 */
import { WEBHOOK_METHOD } from "../../hub/urls/routes.ts";
import type { CandidateUrl } from "../../hub/urls/urls.ts";
import { turnOf, turnOfEvent } from "../call/turn.ts";
import { probeNonce } from "../release/probe-request.ts";
import { type Credentials, validTokens } from "../start/credentials.ts";
import { areWellFormed, formParameters, jsonParameters, type WebhookParameters } from "../twilio/parameters.ts";
import { type Delivered, MAX_BODY_BYTES } from "../twilio/request.ts";
import { signedStringHash, verifySignature } from "../twilio/signature.ts";
import type { ReportedEvent, VerifiedWebhook } from "./events/webhook-kind.ts";
import { EVENTS } from "./events.ts";

/** The basis of trust: the manifest's URLs, and the account's tokens that sign for them. */
export interface Trust {
  /** The candidate URLs of a request target. */
  readonly candidatesFor: (target: string) => readonly CandidateUrl[];
  readonly credentials: Credentials;
}

/** A webhook that Twilio has signed for this account. */
export interface Webhook extends VerifiedWebhook, Pick<CandidateUrl, "route"> {
  /** A hash of the string that was signed. */
  readonly signedHash: string;
  readonly reported: ReportedEvent;
}

/**
 * - 404: no URL of the manifest is delivered under this path.
 * - 405: not a POST.
 * - 415: neither a form nor JSON.
 * - 413: too long.
 * - 403: not from Twilio, or not for this account.
 */
export type RefusalStatus = 403 | 404 | 405 | 413 | 415;

/** A webhook, the nonce of a probe, or the status of a refusal. */
export type Checked = { readonly webhook: Webhook } | { readonly nonce: string } | { readonly refusal: RefusalStatus };

/**
 * Checks a request: its target has candidate URLs, its form is right, its signature verifies, the account is ours, the parameters have proper
 * names, and they and the query are those of the route's event.
 *
 * @throws Error if the credentials hold no auth token, or an empty one
 */
export function checkWebhook(delivered: Delivered, { candidatesFor, credentials }: Trust): Checked {
  const candidates = candidatesFor(delivered.target);
  const refusal = refuseForm(delivered, candidates);
  if (refusal !== undefined) return { refusal };
  return authenticate(delivered, candidates, credentials) ?? { refusal: 403 };
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
  credentials: Credentials,
): Checked | undefined {
  const { signed, parameters } = readPayload(delivered);
  const urls = candidates.map(({ signedUrl }) => signedUrl);
  const authTokens = validTokens(credentials, new Date());
  const verified = verifySignature({ authTokens, signature: delivered.signature, urls, ...signed });
  const candidate = candidates.find(({ signedUrl }) => signedUrl === verified?.url);
  // A repeated AccountSid is a list, so it never equals a SID.
  if (candidate === undefined || parameters.AccountSid !== credentials.accountSid) return undefined;
  if (!areWellFormed(parameters)) return undefined;
  const format = signed.body === undefined ? "form" : "json";
  const nonce = probeNonce(candidate, parameters, format);
  if (nonce !== undefined) return { nonce };
  const signedHash = signedStringHash({ url: candidate.signedUrl, params: signed.params });
  const webhook = readWebhook(candidate, parameters, signedHash, format);
  return webhook && { webhook };
}

/**
 * In the signed string, the borders between query and first name and between names and values can be moved. The query and the parameters are
 * then not those of the event.
 */
function readWebhook(
  { route, host, url, query }: CandidateUrl,
  parameters: WebhookParameters,
  signedHash: string,
  format: "form" | "json",
): Webhook | undefined {
  const counted = turnOf(query, format);
  const { hasTurns, read } = EVENTS[route.event];
  if (counted === undefined || (counted > 0 && !hasTurns)) return undefined;
  const turn = hasTurns ? turnOfEvent(counted, parameters) : 0;
  const reported = read(parameters, turn);
  return reported === undefined ? undefined : { route, host, url, parameters, turn, signedHash, reported };
}

interface Payload {
  /** The parts that the signature covers. */
  readonly signed: { readonly params: WebhookParameters; readonly body?: string };
  readonly parameters: WebhookParameters;
}

/** Keeps a byte order mark: the body's hash covers it. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

function readPayload(delivered: Delivered): Payload {
  const text = UTF8.decode(delivered.body);
  if (bodyFormat(delivered) === "json") return { signed: { params: {}, body: text }, parameters: jsonParameters(text) };
  const parameters = formParameters(text);
  return { signed: { params: parameters }, parameters };
}

/** Undefined for a type that Twilio does not send. A request without a type is read as a form: its signature decides. */
function bodyFormat({ contentType }: Delivered): "form" | "json" | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === "application/x-www-form-urlencoded") return "form";
  return type === "application/json" ? "json" : undefined;
}
