/** The checks of a request that need no byte of its body. Anybody can send a body that is long or costly to read, so they come first. */
import { WEBHOOK_METHOD } from "../../hub/urls/routes.ts";
import type { CandidateUrl } from "../../hub/urls/urls.ts";
import type { Credentials } from "../start/credentials.ts";
import { type Delivered, MAX_BODY_BYTES } from "../twilio/request.ts";
import { isSignatureShaped } from "../twilio/signature.ts";
import { type Signer, signerOf } from "./signer.ts";

/**
 * - 404: no URL of the manifest is delivered under this path.
 * - 405: not a POST.
 * - 415: neither a form nor JSON.
 * - 413: too long, or in too many pieces.
 * - 408: the body did not arrive in time.
 * - 503: too many bodies arrive at once.
 * - 403: not from Twilio, or not for this account.
 */
export type RefusalStatus = 403 | 404 | 405 | 408 | 413 | 415 | 503;

/** A request whose body may be read. */
export interface CheckedHead {
  /** The URLs that it may have been signed for; at least one. */
  readonly candidates: readonly CandidateUrl[];
  readonly format: "form" | "json";
  /** The signer that it names. */
  readonly signer: Signer;
}

/** The parts of a request that arrive before its body. */
export type Head = Pick<
  Delivered,
  "target" | "method" | "contentType" | "contentLength" | "signature" | "signatureSettings"
>;

/** The basis of trust: the manifest's URLs, and the credentials that sign for them. */
export interface Trust {
  /** The candidate URLs of a request target. */
  readonly candidatesFor: (target: string) => readonly CandidateUrl[];
  readonly credentials: Credentials;
}

/** Checks path, method, type, declared length, the form of the header that names a key, and the shape of the signature, in this order. */
export function checkHead(
  head: Head,
  { candidatesFor, credentials }: Trust,
  now: Date,
): CheckedHead | { readonly refusal: RefusalStatus } {
  const candidates = candidatesFor(head.target);
  if (candidates.length === 0) return { refusal: 404 };
  if (head.method !== WEBHOOK_METHOD) return { refusal: 405 };
  const format = bodyFormat(head);
  if (format === undefined) return { refusal: 415 };
  // Node refuses a malformed length. On Lambda the body's own length decides.
  if (Number(head.contentLength ?? 0) > MAX_BODY_BYTES) return { refusal: 413 };
  const signer = signerOf(head.signatureSettings, credentials, now);
  if (signer === undefined || !isSignatureShaped(head.signature, signer.algorithm)) return { refusal: 403 };
  return { candidates, format, signer };
}

/** Undefined for a type that Twilio does not send. A request without a type is read as a form: its signature decides. */
function bodyFormat({ contentType }: Head): CheckedHead["format"] | undefined {
  const type = contentType?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === undefined || type === "application/x-www-form-urlencoded") return "form";
  return type === "application/json" ? "json" : undefined;
}
