/**
 * The check of `X-Twilio-Signature`: an HMAC over the URL and the sorted parameters. An auth token signs with SHA-1, a SharedKey with SHA-256; both
 * sign the same string.
 *
 * Sources: https://www.twilio.com/docs/usage/webhooks/webhooks-security and …/webhooks/webhook-shared-keys
 */
import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { validateBody } from "twilio/lib/webhooks/webhooks.js";
import type { SigningKey } from "../../hub/config/signing.ts";
import type { WebhookParameters } from "./parameters.ts";

/** The auth token's algorithm, or that of a signing key. */
export type SignatureAlgorithm = "HMAC_SHA1" | SigningKey["algorithm"];

/** Node's name of the hash, and the base64 of a MAC's bytes (20 or 32): the last letter before the padding holds four bits. */
const ALGORITHMS: Readonly<Record<SignatureAlgorithm, { readonly hash: string; readonly shape: RegExp }>> = {
  HMAC_SHA1: { hash: "sha1", shape: /^[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]=$/ },
  HMAC_SHA256: { hash: "sha256", shape: /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/ },
};

/** Whether a header can be a signature of an algorithm at all. */
export function isSignatureShaped(signature: string | undefined, algorithm: SignatureAlgorithm): boolean {
  return signature !== undefined && ALGORITHMS[algorithm].shape.test(signature);
}

/** A request with everything that its signature is checked against. */
export interface SignedRequest {
  /** The secrets that may have signed: one or two auth tokens, or the secret of one SharedKey. */
  readonly secrets: readonly string[];
  /** Their algorithm. It comes from us, and not from the request. */
  readonly algorithm: SignatureAlgorithm;
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
 * A forged signature is tried with every URL and every secret, so the time that this takes reveals nothing.
 *
 * @throws Error if there is no secret, or an empty one
 */
export function verifySignature(request: SignedRequest): { url: string } | undefined {
  const { secrets, signature, urls, params, body } = request;
  requireSecrets(secrets);
  if (signature === undefined) return undefined;
  // They are the same for each URL and secret, and cost the most.
  const pairs = body === undefined ? signedPairs(params) : "";
  const verified = urls.find((url) => isSignedOver(request, signature, url, pairs));
  return verified === undefined ? undefined : { url: verified };
}

/**
 * A SHA-256 hash of the signed string, in hex. It identifies a repeat: requests with the same hash are the same event, whichever secret signed them and
 * even if borders were moved.
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
 * Refuses secrets that do not tell Twilio apart from anybody else.
 *
 * @throws Error if there is no secret, or an empty one: with an empty key anybody can sign
 */
export function requireSecrets(secrets: readonly string[]): void {
  if (secrets.length === 0) throw new Error("no auth token and no signing key: no signature can be checked");
  if (secrets.includes(""))
    throw new Error("an auth token or signing key is empty: anybody can sign with an empty key");
}

function isSignedOver(request: SignedRequest, signature: string, url: string, pairs: string): boolean {
  const { secrets, algorithm, body } = request;
  const signedUrl = withoutFragment(url);
  const matches = secrets.filter((secret) =>
    isEqual(signature, signatureOf(algorithm, secret, `${signedUrl}${pairs}`)),
  );
  return matches.length > 0 && (body === undefined || hasHashOf(signedUrl, body));
}

function signatureOf(algorithm: SignatureAlgorithm, secret: string, signed: string): string {
  return createHmac(ALGORITHMS[algorithm].hash, secret).update(signed).digest("base64");
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
