/** Alterations of the body. */
import { CREDENTIALS } from "../../../handlers/testing/manifest.ts";
import { MAX_PARAMETERS } from "../../../handlers/twilio/parameters.ts";
import { MAX_BODY_BYTES } from "../../../handlers/twilio/request.ts";
import type { Alteration, Attempt } from "./attempt.ts";
import { encodeForm, type Pair } from "./form-spellings.ts";
import { more, type RandomWebhook, withBodyHash } from "./random-webhooks.ts";

const isForm = ({ format }: RandomWebhook) => format === "form";
/** With room for another parameter, and for another spelling. */
const isSmallForm = ({ format, pairs, body }: RandomWebhook) =>
  format === "form" && pairs.length < MAX_PARAMETERS - 2 && body.length < MAX_BODY_BYTES / 8;
const isPlainForm = (webhook: RandomWebhook) => isSmallForm(webhook) && webhook.query === "";
const isPlainJson = ({ format, query }: RandomWebhook) => format === "json" && !query.includes("turn=");

/** The form whose parameters are changed after it was signed. */
function pairsChanged(
  name: string,
  change: (pairs: readonly Pair[]) => readonly Pair[],
  appliesTo = isSmallForm,
): Alteration {
  return { name, appliesTo, alter: ({ pairs }) => ({ body: encodeForm(change(pairs), "plain") }) };
}

/** The form that is signed with other parameters, and arrives so. */
function pairsSigned(name: string, change: (pairs: readonly Pair[]) => readonly Pair[]): Alteration {
  return {
    name,
    appliesTo: isSmallForm,
    alter: ({ url, pairs }) => {
      const body = encodeForm(change(pairs), "plain");
      return { signs: { url, body, format: "form" }, body };
    },
  };
}

/** The form whose bytes are changed after it was signed. */
function bytesChanged(name: string, change: (body: string) => string): Alteration {
  return { name, appliesTo: isForm, alter: ({ body }) => ({ body: change(body) }) };
}

/** The JSON body that is signed with its hash, and arrives so. */
function jsonSigned(name: string, change: (body: string) => string): Alteration {
  return {
    name,
    appliesTo: isPlainJson,
    alter: (webhook) => {
      const body = change(webhook.body);
      return hashed(webhook, withBodyHash("", body), body);
    },
  };
}

function hashed({ to }: RandomWebhook, query: string, body: string): Partial<Attempt> {
  return { signs: { url: `${to.url}${query}`, body, format: "json" }, body, target: `${to.deliveredAs[0]}${query}` };
}

const renamed = (pairs: readonly Pair[], from: string, to: Pair) => pairs.map((pair) => (pair[0] === from ? to : pair));
const accountOf = (pairs: readonly Pair[]) => pairs.find(([name]) => name === "AccountSid")?.[1] ?? "";
const ours = (pairs: readonly Pair[]): Pair => ["AccountSid", accountOf(pairs)];
const isSid = (name: string) => ["CallSid", "MessageSid"].includes(name);
const [ACCOUNT, OTHER_ACCOUNT] = [CREDENTIALS.accountSid, CREDENTIALS.accountSid.replace("AC0", "AC1")];

/** The alterations. */
export const BODY_ALTERATIONS: readonly Alteration[] = [
  bytesChanged("one byte of the form changed", (body) =>
    body.replace(/[0-9](?=[^0-9]*$)/, (digit) => String((Number(digit) + 1) % 10)),
  ),
  bytesChanged("a byte order mark before the form", (body) => `\ufeff${body}`),
  bytesChanged("no body", () => ""),
  pairsChanged("a parameter added", (pairs) => [...pairs, ["Added", "x"]]),
  pairsChanged("a parameter removed", (pairs) => pairs.filter(([name]) => !isSid(name))),
  pairsChanged("a value cut short", (pairs) =>
    pairs.map(([name, value]) => [name, name === "AccountSid" ? "AC" : value]),
  ),
  pairsChanged("a name in upper case", (pairs) => renamed(pairs, "AccountSid", ["ACCOUNTSID", accountOf(pairs)])),
  // Equal for everybody: the signature does not cover the order, the spelling or repeats.
  pairsChanged("the parameters in another order", (pairs) => [...pairs].reverse()),
  {
    name: "the form in another spelling",
    appliesTo: isSmallForm,
    alter: ({ pairs }) => ({ body: encodeForm(pairs, "every") }),
  },
  { name: "empty pairs in the form", appliesTo: isSmallForm, alter: ({ body }) => ({ body: `&&${body}&` }) },
  pairsChanged("our account twice", (pairs) => [...pairs, ours(pairs)]),
  pairsChanged("the event's SID twice", (pairs) => [...pairs, ...pairs.filter(([name]) => isSid(name))]),
  pairsSigned("another account", (pairs) => renamed(pairs, "AccountSid", ["AccountSid", OTHER_ACCOUNT])),
  pairsSigned("no account", (pairs) => pairs.filter(([name]) => name !== "AccountSid")),
  pairsSigned("no SID", (pairs) => pairs.filter(([name]) => !isSid(name))),
  pairsSigned("a name with a space", (pairs) => [...pairs, ["A b", "x"]]),
  pairsSigned("a name that begins with a digit", (pairs) => [...pairs, ["0A", "x"]]),
  pairsSigned("an empty name", (pairs) => [...pairs, ["", "x"]]),
  pairsSigned("the name of the prototype", (pairs) => [...pairs, ["__proto__", "x"]]),
  pairsSigned("a name beyond ASCII", (pairs) => [...pairs, ["Ä", "x"]]),
  pairsSigned("more parameters than a webhook has", (pairs) => [...pairs, ...more(MAX_PARAMETERS + 1 - pairs.length)]),
  pairsSigned("a body over the limit", (pairs) => [...pairs, ["Long", "x".repeat(MAX_BODY_BYTES)]]),
  pairsSigned("a repeated parameter whose values differ in their order by code points and by UTF-16 units", (pairs) => [
    ...pairs,
    ["Twice", "😀"],
    ["Twice", "\uff5e"],
  ]),
  // The border between the name and the value is not signed.
  pairsChanged("a border moved in the account's parameter", (pairs) =>
    renamed(pairs, "AccountSid", ["AccountSidA", accountOf(pairs).slice(1)]),
  ),
  {
    name: "a border moved in a parameter that nobody reads",
    appliesTo: isSmallForm,
    alter: ({ url, pairs }) => ({
      signs: { url, body: encodeForm([...pairs, ["zzzzzzzzzzzzzzz", "border"]], "plain"), format: "form" },
      body: encodeForm([...pairs, ["zzzzzzzzzzzzzzzbor", "der"]], "plain"),
    }),
  },
  {
    name: "a border moved from the path into the first name",
    appliesTo: isPlainForm,
    alter: ({ to, pairs }) => {
      const short: readonly Pair[] = [ours(pairs), ...pairs.filter(([name]) => name > "AccountSid")];
      const moved: Pair = ["/webhookAccountSid", accountOf(pairs)];
      const { origin } = new URL(to.url);
      return {
        signs: { url: `${origin}/voice/webhook`, body: encodeForm(short, "plain"), format: "form" },
        target: "/voice",
        body: encodeForm(renamed(short, "AccountSid", moved), "plain"),
      };
    },
  },
  {
    name: "a border moved from the first name into the query",
    appliesTo: isPlainForm,
    alter: ({ to, pairs }) => {
      const later = pairs.filter(([name]) => name > "AccountSid");
      return {
        signs: { url: `${to.url}?turn=1`, body: encodeForm([ours(pairs), ...later], "plain"), format: "form" },
        target: `${to.deliveredAs[0]}?turn=1AccountSid${accountOf(pairs)}`,
        body: encodeForm(later, "plain"),
      };
    },
  },
  {
    name: "one byte of the JSON changed",
    appliesTo: isPlainJson,
    alter: ({ body }) => ({ body: body.replace('"Count":1', '"Count":2') }),
  },
  { name: "JSON without its hash", appliesTo: isPlainJson, alter: (webhook) => hashed(webhook, "", webhook.body) },
  {
    name: "JSON with its hash in upper case",
    appliesTo: isPlainJson,
    alter: (webhook) =>
      hashed(
        webhook,
        webhook.query.replace(/=(.*)/, (_, hash: string) => `=${hash.toUpperCase()}`),
        webhook.body,
      ),
  },
  {
    name: "JSON with a second hash",
    appliesTo: isPlainJson,
    alter: (webhook) => hashed(webhook, `${webhook.query}&bodySHA256=${"0".repeat(64)}`, webhook.body),
  },
  jsonSigned("JSON of another account", (body) => body.replaceAll(ACCOUNT, OTHER_ACCOUNT)),
  jsonSigned("JSON that is a list", (body) => `[${body.trim()}]`),
  jsonSigned("a body that is not JSON", (body) => body.replace("{", "(")),
  jsonSigned("JSON over the limit", (body) => `${body}${" ".repeat(MAX_BODY_BYTES)}`),
];
