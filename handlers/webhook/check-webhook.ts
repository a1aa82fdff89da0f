/**
 * The checks of a webhook, in their order. A request that fails one is answered with a status only, so a client that cannot sign does not
 * learn why.
 */
import type { CandidateUrl } from "../../hub/urls/urls.ts";
import { turnOf, turnOfEvent } from "../call/turn.ts";
import { probeNonce } from "../release/probe-request.ts";
import type { Credentials } from "../start/credentials.ts";
import {
  areWellFormed,
  formParameters,
  hasTooManyPairs,
  jsonParameters,
  type WebhookParameters,
} from "../twilio/parameters.ts";
import { type BodyProblem, type Delivered, MAX_BODY_BYTES } from "../twilio/request.ts";
import { type SignedRequest, signedStringHash, verifySignature } from "../twilio/signature.ts";
import type { RefusedKey } from "../twilio/signature-settings.ts";
import { type CheckedHead, checkHead, type RefusalStatus, type Trust } from "./check-head.ts";
import type { ReportedEvent, VerifiedWebhook } from "./events/webhook-kind.ts";
import { EVENTS } from "./events.ts";
import type { Signer } from "./signer.ts";

/** A webhook that Twilio has signed for this account. */
export interface Webhook extends VerifiedWebhook, Pick<CandidateUrl, "route"> {
  /** A hash of the string that was signed. It is the same for every signer. */
  readonly signedHash: string;
  readonly signedBy: NonNullable<Signer["by"]>;
  /** Whether the URL had a query. */
  readonly hasQuery: boolean;
  readonly reported: ReportedEvent;
}

/** A refusal, and the key that the request named if it may not sign. */
export interface Refusal {
  readonly refusal: RefusalStatus;
  readonly refusedKey?: RefusedKey;
}

/** A webhook, the nonce of a probe, or a refusal. */
export type Checked = { readonly webhook: Webhook } | { readonly nonce: string } | Refusal;

/** The status of a refusal, by the problem with the body. */
const BODY_REFUSALS: Readonly<Record<BodyProblem, RefusalStatus>> = { long: 413, slow: 408, crowded: 503, gone: 408 };

/**
 * Checks a request: first what arrives before its body (see `checkHead`); then the body is read, the signature verifies, the account is ours, the
 * parameters have proper names, and they and the query are those of the route's event.
 *
 * @throws Error if an auth token or a signing key is empty
 */
export async function checkWebhook(delivered: Delivered, trust: Trust): Promise<Checked> {
  const head = checkHead(delivered, trust, new Date());
  if ("refusal" in head) return head;
  const body = await delivered.readBody(MAX_BODY_BYTES);
  if (typeof body === "string") return { refusal: BODY_REFUSALS[body] };
  const checked = authenticate({ ...head, signature: delivered.signature, body }, trust.credentials);
  const { refusedKey } = head.signer;
  return checked ?? { refusal: 403, ...(refusedKey && { refusedKey }) };
}

/** A request that was read to its end. */
interface Arrived extends CheckedHead {
  readonly signature: string | undefined;
  readonly body: Uint8Array;
}

function authenticate(arrived: Arrived, credentials: Credentials): Checked | undefined {
  const signed = signedParts(arrived);
  if (signed === undefined) return undefined;
  const candidate = verifiedCandidate(arrived, signed);
  const { by: signedBy } = arrived.signer;
  if (candidate === undefined || signedBy === undefined) return undefined;
  const { format } = arrived;
  // JSON is read only now: the signature does not cover its names, but the hash of the whole body.
  const parameters = signed.body === undefined ? signed.params : wellFormed(jsonParameters(signed.body));
  // A repeated AccountSid is a list, so it never equals a SID.
  if (parameters === undefined || parameters.AccountSid !== credentials.accountSid) return undefined;
  const nonce = probeNonce(candidate, parameters, format);
  if (nonce !== undefined) return { nonce };
  const signedHash = signedStringHash({ url: candidate.signedUrl, params: signed.params });
  const webhook = readWebhook(candidate, parameters, { signedHash, signedBy }, format);
  return webhook && { webhook };
}

/** The parts of a body that the signature covers. */
type SignedParts = Pick<SignedRequest, "params" | "body">;

/** Keeps a byte order mark: the body's hash covers it. */
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Undefined for a form with parameters that Twilio would not send: to sort and to sign them costs too much to do it for anybody. */
function signedParts({ format, body }: Arrived): SignedParts | undefined {
  if (format === "json") return { params: {}, body: UTF8.decode(body) };
  if (hasTooManyPairs(body)) return undefined;
  const params = wellFormed(formParameters(UTF8.decode(body)));
  return params && { params };
}

function verifiedCandidate({ candidates, signature, signer }: Arrived, signed: SignedParts): CandidateUrl | undefined {
  const urls = candidates.map(({ signedUrl }) => signedUrl);
  const { secrets, algorithm } = signer;
  const verified = verifySignature({ secrets, algorithm, signature, urls, ...signed });
  return candidates.find(({ signedUrl }) => signedUrl === verified?.url);
}

function wellFormed(parameters: WebhookParameters): WebhookParameters | undefined {
  return areWellFormed(parameters) ? parameters : undefined;
}

/**
 * In the signed string, the borders between query and first name and between names and values can be moved. The query and the parameters are
 * then not those of the event.
 */
function readWebhook(
  { route, host, url, query }: CandidateUrl,
  parameters: WebhookParameters,
  signed: Pick<Webhook, "signedHash" | "signedBy">,
  format: CheckedHead["format"],
): Webhook | undefined {
  const counted = turnOf(query, format);
  const { hasTurns, read } = EVENTS[route.event];
  if (counted === undefined || (counted > 0 && !hasTurns)) return undefined;
  const turn = hasTurns ? turnOfEvent(counted, parameters) : 0;
  const reported = read(parameters, turn);
  return reported === undefined
    ? undefined
    : { route, host, url, parameters, turn, ...signed, hasQuery: query !== "", reported };
}
