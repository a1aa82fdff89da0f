/**
 * The check of `X-Twilio-Signature`: HMAC-SHA1 over the URL and the sorted parameters.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhooks-security
 */
import { hash, timingSafeEqual } from "node:crypto";
import { getExpectedTwilioSignature, validateBody } from "twilio/lib/webhooks/webhooks.js";
import type { WebhookParameters } from "./parameters.ts";

/** What {@link verifySignature} holds against each other. */
export interface SignedRequest {
  /** The auth tokens that may have signed: one, or the old and the new one during a promotion. */
  readonly authTokens: readonly string[];
  /** The value of `X-Twilio-Signature`. */
  readonly signature: string | undefined;
  /** The candidate URLs, each with the query that arrived. Each is tried as it is: no port, no encoding is added or taken away. */
  readonly urls: readonly string[];
  /** The parameters of a form body. A JSON body has none. */
  readonly params: Readonly<WebhookParameters>;
  /** The JSON body, where it is JSON: its hash stands in the URL's query as `bodySHA256`, and the URL alone is signed. */
  readonly body?: string | undefined;
}

/**
 * The candidate URL over which the request was signed, as given in `urls`, or undefined where none was.
 * A signature that is not genuine is tried with every URL and every token, so the time taken tells nothing of it.
 *
 * @throws Error where there is no auth token, or an empty one
 */
export function verifySignature(request: SignedRequest): { url: string } | undefined {
  const { authTokens, signature, urls } = request;
  requireAuthTokens(authTokens);
  if (signature === undefined) return undefined;
  const verified = urls.find((url) => isSignedOver(request, signature, url));
  return verified === undefined ? undefined : { url: verified };
}

/**
 * A hash of the very string that was signed, SHA-256 in hex. It knows a repeat: a request with the same hash has the same signature, however
 * its borders were moved.
 *
 * @param url the URL that verified
 */
export function signedStringHash({ url, params }: { readonly url: string } & Pick<SignedRequest, "params">): string {
  return hash("sha256", signedString(withoutFragment(url), params));
}

/** The URL, and each name followed by its value, sorted by name; the values of a list are sorted, each once. */
function signedString(url: string, params: Readonly<WebhookParameters>): string {
  const pairs = Object.keys(params)
    .sort()
    .flatMap((name) => valuesOf(params[name]).map((value) => `${name}${value}`));
  return [url, ...pairs].join("");
}

function valuesOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : [...new Set(value)].sort();
}

/**
 * Refuses auth tokens that cannot tell Twilio from anybody else.
 *
 * @throws Error where there is none, or an empty one: with an empty key anybody can sign
 */
export function requireAuthTokens(authTokens: readonly string[]): void {
  if (authTokens.length === 0) throw new Error("no auth token: a signature cannot be checked without one");
  if (authTokens.includes("")) throw new Error("an auth token is empty: with an empty key anybody can sign");
}

function isSignedOver({ authTokens, params, body }: SignedRequest, signature: string, url: string): boolean {
  const signedUrl = withoutFragment(url);
  const signedParams = body === undefined ? params : {};
  const matches = authTokens.filter((token) =>
    isEqual(signature, getExpectedTwilioSignature(token, signedUrl, signedParams)),
  );
  return matches.length > 0 && (body === undefined || hasHashOf(signedUrl, body));
}

/** A fragment holds connection overrides (`#rc=2`), which Twilio reads and does not sign. */
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

/** Compares in constant time. The length of a signature is no secret. */
function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
