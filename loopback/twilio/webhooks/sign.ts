/** The headers by which a webhook proves where it comes from: its signature, and the credentials of its Setting. */
import {
  getExpectedTwilioSignature,
  SIGNATURE_HEADER,
  SIGNATURE_SETTINGS_HEADER,
} from "twilio/lib/webhooks/webhooks.js";
import type { AppliedSetting } from "../configuration/applied-setting.ts";

/**
 * The signature's headers. The same text is signed with either kind of key. Without a Setting, or with one that says nothing of signatures, the auth
 * token signs.
 *
 * @param url the URL that is called
 * @param params the parameters in the body
 */
export function signatureHeaders(
  authToken: string,
  applied: AppliedSetting | undefined,
  url: string,
  params: Readonly<Record<string, string | readonly string[]>>,
): Readonly<Record<string, string>> {
  const signature = applied?.setting.signature;
  if (signature?.type === "NONE") return {};
  if (signature === undefined || applied?.sharedKey === undefined) {
    return { [SIGNATURE_HEADER]: getExpectedTwilioSignature(authToken, url, params) };
  }
  const { id, secret } = applied.sharedKey;
  return {
    [SIGNATURE_HEADER]: getExpectedTwilioSignature(secret, url, params, signature.algorithm),
    [SIGNATURE_SETTINGS_HEADER]: `key=${id},algorithm=${signature.algorithm}`,
  };
}

/** The header of Basic authentication, if the Setting has it. Digest and OAuth 2.0 are not imitated: no credentials are sent for them. */
export function credentialsOf(applied: AppliedSetting | undefined): Readonly<Record<string, string>> {
  const auth = applied?.setting.auth;
  if (auth?.source !== "INLINE" || auth.value.scheme !== "BASIC") return {};
  const { username, password } = auth.value;
  return { Authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
}
