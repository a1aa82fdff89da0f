/**
 * The check of `X-Twilio-Signature`: HMAC-SHA1 over the URL and the sorted parameters.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { validateBody } from "twilio/lib/webhooks/webhooks.js";
import type { WebhookParameters } from "./parameters.ts";

/** The base64 of the 20 bytes of an HMAC-SHA1. The last letter holds four bits. */
const SIGNATURE = /^[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]=$/;

/** Whether a header can be a signature at all. */
export function isSignatureShaped(signature: string | undefined): boolean {
  return signature !== undefined && SIGNATURE.test(signature);
}

/** A request with everything that its signature is checked against. */
export interface SignedRequest {
  /** The auth tokens that may have signed: one, or the old and the new one during a promotion. */
  readonly authTokens: readonly string[];
  /** The value of `X-Twilio-Signature`. */
  readonly signature: string | undefined;
  /** The candidate URLs, each with the query that arrived. Each is tried unchanged: no port or encoding is added or removed. */
  readonly urls: readonly string[];
  /** The parameters of a form body. A JSON body has none. */
  readonly params: Readonly<WebhookParameters>;
  /** A JSON body. Only the URL is signed then, and its query holds the body's hash as `bodySHA256`. */
  readonly body?: string | undefined;
}

/**
 * The candidate URL that the request was signed for, as given in `urls`, or undefined if the signature verifies for none.
 * A forged signature is tried with every URL and every token, so the time that this takes reveals nothing.
 *
 * @throws Error if there is no auth token, or an empty one
 */
export function verifySignature(request: SignedRequest): { url: string } | undefined {
  const { authTokens, signature, urls, params, body } = request;
  requireAuthTokens(authTokens);
  if (signature === undefined) return undefined;
  // They are the same for each URL and token, and cost the most.
  const pairs = body === undefined ? signedPairs(params) : "";
  const verified = urls.find((url) => isSignedOver(request, signature, url, pairs));
  return verified === undefined ? undefined : { url: verified };
}

/**
 * A SHA-256 hash of the signed string, in hex. It identifies a repeat: requests with the same hash have the same signature, even if borders
 * were moved.
 *
 * @param url the URL that verified
 */
export function signedStringHash({ url, params }: { readonly url: string } & Pick<SignedRequest, "params">): string {
  return hash("sha256", `${withoutFragment(url)}${signedPairs(params)}`);
}

/** Each name with its value, sorted by name. The values of a list are sorted, and duplicates count once. */
function signedPairs(params: Readonly<WebhookParameters>): string {
  return Object.keys(params)
    .sort()
    .flatMap((name) => valuesOf(params[name]).map((value) => `${name}${value}`))
    .join("");
}

function valuesOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : [...new Set(value)].sort();
}

/**
 * Refuses auth tokens that do not tell Twilio apart from anybody else.
 *
 * @throws Error if there is no token, or an empty one: with an empty key anybody can sign
 */
export function requireAuthTokens(authTokens: readonly string[]): void {
  if (authTokens.length === 0) throw new Error("no auth token: a signature cannot be checked without one");
  if (authTokens.includes("")) throw new Error("an auth token is empty: with an empty key anybody can sign");
}

function isSignedOver({ authTokens, body }: SignedRequest, signature: string, url: string, pairs: string): boolean {
  const signedUrl = withoutFragment(url);
  const matches = authTokens.filter((token) => isEqual(signature, signatureOf(token, `${signedUrl}${pairs}`)));
  return matches.length > 0 && (body === undefined || hasHashOf(signedUrl, body));
}

function signatureOf(token: string, signed: string): string {
  return createHmac("sha1", token).update(signed).digest("base64");
}

/** A fragment holds connection overrides (`#rc=2`). Twilio reads them but does not sign them. */
function withoutFragment(url: string): string {
  const at = url.indexOf("#");
  return at === -1 ? url : url.slice(0, at);
}

function hasHashOf(url: string, body: string): boolean {
  const queryAt = url.indexOf("?");
  const hash = queryAt === -1 ? null : new URLSearchParams(url.slice(queryAt)).get("bodySHA256");
  // twilio compares the two hashes in constant time.
  return hash !== null && validateBody(body, hash);
}

/** Compares in constant time. The length of a signature is not secret. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
