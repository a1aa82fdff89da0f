/** Twilio's library for Node.js, the npm package `twilio`, with Node's own form parser. */
import { parse } from "node:querystring";
import { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } from "twilio/lib/webhooks/webhooks.js";
import type { Key, Library, Signable, Signed } from "./library.ts";

export const NODE_LIBRARY: Library = {
  judge: "Twilio's Node.js library",
  sign: async (webhooks, key) => webhooks.map((webhook) => signatureOf(webhook, key)),
  accepts: async (webhooks, key) => webhooks.map((webhook) => isValid(webhook, key)),
};

function signatureOf({ url, body, format }: Signable, { token, algorithm }: Key): string {
  return getExpectedTwilioSignature(token, url, format === "json" ? {} : form(body), algorithm);
}

function isValid({ url, body, format, signature }: Signed, { token, algorithm }: Key): boolean {
  if (format === "json") return validateRequestWithBody(token, signature, url, body, algorithm);
  return validateRequest(token, signature, url, form(body), algorithm);
}

/** No limit: by default, Node drops what follows the thousandth parameter. */
function form(body: string) {
  return parse(body, "&", "=", { maxKeys: 0 });
}
