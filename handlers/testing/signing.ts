/** Signing keys, and webhooks that they sign, for the handler's tests. */
import { SharedKeyId } from "../../hub/config/signing.ts";
import { KEY, OTHER_KEY } from "../../hub/testing/signing.ts";
import type { Credentials, SigningSecret } from "../start/credentials.ts";
import { SIGNATURE_SETTINGS_HEADER, signatureSettings } from "../twilio/signature-settings.ts";
import { CREDENTIALS, sign, type TestRequest } from "./manifest.ts";

/** A key without an end. */
export const SIGNING_KEY: SigningSecret = {
  id: SharedKeyId.parse(KEY),
  algorithm: "HMAC_SHA256",
  secret: "secret-of-the-signing-key",
  from: "2026-01-01T00:00:00Z",
};

/** Another key. */
export const OTHER_SIGNING_KEY: SigningSecret = {
  ...SIGNING_KEY,
  id: SharedKeyId.parse(OTHER_KEY),
  secret: "secret-of-the-other-key",
};

/** The tests' account with a signing key beside the auth token, and with the key alone. */
export const BOTH: Credentials = { ...CREDENTIALS, signingKeys: [SIGNING_KEY] };
export const KEY_ONLY: Credentials = { ...BOTH, authTokens: [] };

/** The webhook as a key signs it, with the header that names the key. */
export function signedByKey(request: TestRequest, url: string, key: SigningSecret = SIGNING_KEY): TestRequest {
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const parameters = isForm ? Object.fromEntries(new URLSearchParams(request.body)) : {};
  const headers = {
    ...request.headers,
    "x-twilio-signature": sign(url, parameters, key.secret, key.algorithm),
    [SIGNATURE_SETTINGS_HEADER]: signatureSettings(key),
  };
  return { ...request, headers };
}
