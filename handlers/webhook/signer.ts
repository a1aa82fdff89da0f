/**
 * The signer of a webhook. Without the header that names a key it is the auth token, and with the header only that key.
 *
 * The time that a refusal takes tells nothing about a key or a token. A key that the manifest does not hold, or whose time has not come or is past, is
 * replaced by a secret that nobody has, and so is a refused auth token: the same bytes are read and the same MACs are made and compared as for a
 * valid one. The look-up of a key by its ID may take another time for another ID, and an ID is public: Twilio sends it in every webhook. Whether a
 * header has Twilio's form, and which algorithm it names, decides before the body is read; the client knows both. A refused ID is also counted and
 * remembered before the answer leaves. That takes microseconds and can tell, at most, whether the release knows an ID.
 */
import { randomBytes } from "node:crypto";
import type { SharedKeyId } from "../../hub/config/signing.ts";
import { keyState } from "../../hub/signing/key-state.ts";
import type { Credentials } from "../start/credentials.ts";
import { validTokens } from "../start/validity.ts";
import { requireSecrets, type SignedRequest } from "../twilio/signature.ts";
import { type NamedKey, namedKey, type RefusedKey } from "../twilio/signature-settings.ts";

/** The name of the auth token among the signers. No key's ID has this form. */
export const AUTH_TOKEN = "auth-token";

/** A signer: the secrets that may have signed a webhook. */
export interface Signer extends Pick<SignedRequest, "secrets" | "algorithm"> {
  /** The ID of a signing key of the manifest's, {@link AUTH_TOKEN}, or undefined if a signature does not count, even one that verifies. */
  readonly by: SharedKeyId | typeof AUTH_TOKEN | undefined;
  readonly refusedKey?: RefusedKey;
}

/** A secret that nobody has, of an auth token's length. */
const NOBODYS = [randomBytes(16).toString("hex")] as const;

/**
 * Refuses credentials with which no webhook could ever be accepted.
 *
 * @throws Error if there is neither an auth token nor a signing key, or if one of them is empty
 */
export function requireSigners({ authTokens, signingKeys }: Credentials): void {
  requireSecrets([...authTokens.map(({ token }) => token), ...signingKeys.map(({ secret }) => secret)]);
}

/**
 * The signer of a request, or undefined if its header does not name a key in Twilio's form.
 *
 * @param settings the value of `X-Twilio-Webhooks-Signature-Settings`
 */
export function signerOf(settings: string | undefined, credentials: Credentials, now: Date): Signer | undefined {
  if (settings === undefined) return tokenSigner(validTokens(credentials, now));
  const named = namedKey(settings);
  return named && keySigner(named, credentials, now);
}

function tokenSigner(tokens: readonly string[]): Signer {
  const algorithm = "HMAC_SHA1";
  return tokens.length > 0
    ? { by: AUTH_TOKEN, secrets: tokens, algorithm }
    : { by: undefined, secrets: NOBODYS, algorithm };
}

function keySigner({ id, algorithm }: NamedKey, { signingKeys }: Credentials, now: Date): Signer {
  const key = signingKeys.find((candidate) => candidate.id === id);
  const refused = (reason: RefusedKey["reason"]): Signer => ({
    by: undefined,
    secrets: NOBODYS,
    algorithm,
    refusedKey: { id, reason },
  });
  if (key === undefined) return refused("unknown");
  if (key.algorithm !== algorithm) return refused("another algorithm");
  const state = keyState(key, now);
  return state === "valid" ? { by: id, secrets: [key.secret], algorithm } : refused(state);
}
