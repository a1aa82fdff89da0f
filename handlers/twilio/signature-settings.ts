/**
 * The header `X-Twilio-Webhooks-Signature-Settings`, which Twilio sends with a webhook that a SharedKey signs. It only names a key: the algorithm and the
 * secret come from the manifest, so a request cannot choose them.
 *
 * Twilio's own `getSignatureAlgorithm` does not fit: it does not read the key; it takes HMAC-SHA1 from an empty header and from any header without an
 * algorithm, and the first of several algorithms from two headers. Here each of them is refused.
 *
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys
 */
import { SharedKeyId, SIGNING_ALGORITHMS, type SigningKey } from "../../hub/config/signing.ts";
import type { KeyState } from "../../hub/signing/key-state.ts";

/** The header's name, as Node and API Gateway pass it. */
export const SIGNATURE_SETTINGS_HEADER = "x-twilio-webhooks-signature-settings";

/** The key that a header names. Anybody can send one. */
export type NamedKey = Pick<SigningKey, "id" | "algorithm">;

/** A key that a request names and that may not sign, and the reason. */
export interface RefusedKey {
  readonly id: SharedKeyId;
  readonly reason: "unknown" | "another algorithm" | Exclude<KeyState, "valid">;
}

/** The form that Twilio writes: a key and an algorithm, in this order and without blanks. */
const SETTINGS = /^key=([^,]{1,64}),algorithm=([^,]{1,16})$/;

/** The key that the header names, or undefined if the header has another form or names an algorithm that is no signing key's. */
export function namedKey(header: string): NamedKey | undefined {
  const [, key, given] = SETTINGS.exec(header) ?? [];
  const id = SharedKeyId.safeParse(key);
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === given);
  return id.success && algorithm !== undefined ? { id: id.data, algorithm } : undefined;
}

/** The header's value for a key. */
export function signatureSettings({ id, algorithm }: NamedKey): string {
  return `key=${id},algorithm=${algorithm}`;
}
