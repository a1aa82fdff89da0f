/** Twilio's library for Node.js, the npm package `twilio`, with Node's own form parser. */
import { parse } from "node:querystring";
import { getExpectedTwilioSignature, validateRequest, validateRequestWithBody } from "twilio/lib/webhooks/webhooks.js";
import type { Key, Library, Signable, Signed } from "./library.ts";

export const NODE_LIBRARY: Library = {
  judge: "Twilio's Node.js library",
  sign: async (webhooks, key) => webhooks.map((webhook) => signatureOf(webhook, tokenOf(key))),
  accepts: async (webhooks, key) => webhooks.map((webhook) => isValid(webhook, tokenOf(key))),
};

/** The project's version of the library knows no other algorithm than HMAC-SHA1. */
function tokenOf({ token, algorithm = "HMAC_SHA1" }: Key): string {
  if (algorithm !== "HMAC_SHA1") throw new Error(`the npm package twilio is not asked for ${algorithm}`);
  return token;
}

function signatureOf({ url, body, format }: Signable, token: string): string {
  return getExpectedTwilioSignature(token, url, format === "json" ? {} : form(body));
}

function isValid({ url, body, format, signature }: Signed, token: string): boolean {
  if (format === "json") return validateRequestWithBody(token, signature, url, body);
  return validateRequest(token, signature, url, form(body));
}

/** No limit: by default, Node drops what follows the thousandth parameter. */
function form(body: string) {
  return parse(body, "&", "=", { maxKeys: 0 });
}
