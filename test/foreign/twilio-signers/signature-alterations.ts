/** Alterations of the key, the algorithm, the signature and the request around it. */
import { createHmac } from "node:crypto";
import { TOKEN } from "../../../handlers/testing/manifest.ts";
import type { Alteration, Attempt } from "./attempt.ts";
import type { RandomWebhook } from "./random-webhooks.ts";

const always = () => true;
const isJson = ({ format }: RandomWebhook) => format === "json";

function respelled(name: string, respell: Attempt["respell"]): Alteration {
  return { name, appliesTo: always, alter: () => ({ respell }) };
}

/** Of a JSON body only the URL is signed, so the string that is signed is known here. */
function sha256(name: string, respell: (digest: Buffer) => string): Alteration {
  const alter = ({ url }: RandomWebhook) => ({
    respell: () => respell(createHmac("sha256", TOKEN).update(url).digest()),
  });
  return { name, appliesTo: isJson, alter };
}

/** The alterations. */
export const SIGNATURE_ALTERATIONS: readonly Alteration[] = [
  { name: "signed with another token", appliesTo: always, alter: () => ({ token: `${TOKEN}2` }) },
  { name: "signed with an empty token", appliesTo: always, alter: () => ({ token: "" }) },
  { name: "signed with the token in upper case", appliesTo: always, alter: () => ({ token: TOKEN.toUpperCase() }) },
  sha256("signed with HMAC-SHA256", (digest) => digest.toString("base64")),
  sha256("signed with HMAC-SHA256, cut to the length of SHA-1", (digest) => digest.subarray(0, 20).toString("base64")),
  respelled("no signature", () => ""),
  respelled(
    "a signature with one letter changed",
    (signature) => `${signature.startsWith("A") ? "B" : "A"}${signature.slice(1)}`,
  ),
  respelled("a signature without its padding", (signature) => signature.slice(0, -1)),
  respelled("a signature in hex", (signature) => Buffer.from(signature, "base64").toString("hex")),
  respelled("a signature for URLs", (signature) => `${Buffer.from(signature, "base64").toString("base64url")}`),
  respelled("a signature in lower case", (signature) => signature.toLowerCase()),
  respelled("two signatures", (signature) => `${signature}, ${signature}`),
  respelled("the signature's bits in another spelling", (signature) =>
    signature.replace(/(.)=$/, (_, last: string) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`),
  ),
  {
    name: "a GET that was signed",
    appliesTo: ({ format, query }) => format === "form" && query === "",
    alter: ({ to, body }) => {
      const query = `?${body.slice(0, 2_000).replaceAll(/[^\x21-\x7e]|#/g, "")}`;
      const target = `${to.deliveredAs[0]}${query}`;
      return { signs: { url: `${to.url}${query}`, body: "", format: "form" }, target, method: "GET", body: "" };
    },
  },
  {
    name: "a form under another content type",
    appliesTo: ({ format }) => format === "form",
    alter: () => ({ contentType: "text/plain" }),
  },
  {
    name: "a form that calls itself JSON",
    appliesTo: ({ format }) => format === "form",
    alter: () => ({ contentType: "application/json", format: "json" }),
  },
  {
    name: "JSON that calls itself a form",
    appliesTo: isJson,
    alter: () => ({ contentType: "application/x-www-form-urlencoded", format: "form" }),
  },
];
