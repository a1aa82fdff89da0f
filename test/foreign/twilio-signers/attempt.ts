/** An attempt: a webhook as somebody signs it, and as it then arrives. */
import { type TestRequest, TOKEN } from "../../../handlers/testing/manifest.ts";
import type { Signable } from "./library.ts";
import type { RandomWebhook } from "./random-webhooks.ts";

/** The attempt. */
export interface Attempt {
  /** The webhook that is signed. */
  readonly signs: Signable;
  /** The token that signs. */
  readonly token: string;
  /** Changes the signature before it is sent. */
  readonly respell: (signature: string) => string;
  readonly target: string;
  readonly method: string;
  readonly contentType: string;
  readonly body: string;
  /** How an application reads the body. */
  readonly format: Signable["format"];
}

/** A change of a webhook, which a judge is asked about. */
export interface Alteration {
  readonly name: string;
  /** The webhooks that it can change. */
  appliesTo(webhook: RandomWebhook): boolean;
  alter(webhook: RandomWebhook): Partial<Attempt>;
}

const TYPES = { form: "application/x-www-form-urlencoded; charset=UTF-8", json: "application/json" };

/** The genuine attempt: signed as Twilio does, under the first path of its URL. */
export function genuine(webhook: RandomWebhook): Attempt {
  const { url, body, format, query, to } = webhook;
  return {
    signs: { url, body, format },
    token: TOKEN,
    respell: (signature) => signature,
    target: `${to.deliveredAs[0]}${query}`,
    method: "POST",
    contentType: TYPES[format],
    body,
    format,
  };
}

/** The request of an attempt. */
export function requestOf({ target, method, contentType, body }: Attempt, signature: string): TestRequest {
  const headers = { "content-type": contentType, ...(signature !== "" && { "x-twilio-signature": signature }) };
  return method === "GET" ? { target, method, headers } : { target, method, headers, body };
}
