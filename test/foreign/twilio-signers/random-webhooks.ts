/** Random webhooks over the URLs of a manifest: what Twilio could send, in every lawful form. */
import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { turnUrl } from "../../../handlers/call/turn.ts";
import { PARAMETERS } from "../../../handlers/testing/manifest.ts";
import { MAX_PARAMETERS } from "../../../handlers/twilio/parameters.ts";
import { MAX_BODY_BYTES } from "../../../handlers/twilio/request.ts";
import { EVENTS } from "../../../handlers/webhook/events.ts";
import type { AnsweredEvent } from "../../../hub/urls/routes.ts";
import { type ManifestUrl, manifestUrls, type UrlSource } from "../../../hub/urls/urls.ts";
import { encodeForm, type Pair, SPELLINGS } from "./form-spellings.ts";
import type { Signable } from "./library.ts";

/** A webhook, not signed yet. */
export interface RandomWebhook extends Signable {
  /** The URL of the manifest that it is for; its own `url` may have a query too. */
  readonly to: ManifestUrl;
  /** The query with its question mark, or "". */
  readonly query: string;
  /** The parameters, in the order of the body. */
  readonly pairs: readonly Pair[];
  /** The SID under which its event is stored. */
  readonly sid: string;
}

/** The parameter whose value is the event's SID, and the SID's prefix. */
const SIDS: Readonly<Record<AnsweredEvent, Pair>> = {
  "inbound-call": ["CallSid", "CA"],
  "call-status": ["CallSid", "CA"],
  "recording-complete": ["RecordingSid", "RE"],
  transcription: ["TranscriptionSid", "TR"],
  "inbound-text": ["MessageSid", "SM"],
  "text-status": ["MessageSid", "SM"],
};

/** Half of a surrogate pair: no text, but bytes that a form can hold. */
const loneSurrogates = fc.string({
  unit: fc.integer({ min: 0xd800, max: 0xdfff }).map((unit) => String.fromCharCode(unit)),
});
const values = fc.oneof(
  fc.constantFrom(
    "",
    "0",
    "\0",
    "a\0b",
    "%41",
    "%zz",
    "+",
    "a&b=c;d",
    "\r\n",
    "\u2028",
    "e\u0301",
    "👩‍👩‍👧",
    "𝒳",
    "\ufeff",
    "\uffff",
  ),
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  loneSurrogates,
);
/** Values whose order is the same by code points and by UTF-16 units: for others, Twilio's libraries disagree with one another. */
const repeatedValues = fc.array(fc.string({ unit: fc.constantFrom("a", "Z", "0", "é", "你", "\u0301", "~", " ") }), {
  minLength: 2,
  maxLength: 4,
});
const names = fc.oneof(
  fc.constantFrom(
    "constructor",
    "toString",
    "hasOwnProperty",
    "SipHeader_X-Account-Id",
    "StirVerstat",
    "bodySHA256",
    "turn",
    "accountSid",
    "AccountSi",
    "AccountSidd",
    "a",
    "Z.",
    "z-",
    "x_",
    "MediaUrl0",
  ),
  fc.stringMatching(/^[A-Za-z][A-Za-z0-9_.-]{0,12}$/),
);

/** Parameters that the handler does not read. */
const extras = fc
  .uniqueArray(fc.tuple(names, fc.oneof({ arbitrary: values.map((value) => [value]), weight: 4 }, repeatedValues)), {
    maxLength: 6,
    selector: ([name]) => name,
  })
  .map((given) => given.filter(([name]) => !READ.has(name)))
  .map((given) => given.flatMap(([name, all]) => all.map((value): Pair => [name, value])));

const READ = new Set([
  "ErrorUrl",
  "ErrorCode",
  ...Object.values(PARAMETERS).flatMap((parameters) => Object.keys(parameters)),
]);

/** The random choices of a webhook. */
const choices = fc.record({
  turn: fc.option(fc.integer({ min: 1, max: 99 }), { nil: 0 }),
  extras,
  text: values,
  order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
  spelling: fc.constantFrom(...SPELLINGS),
  isJson: fc.integer({ min: 1, max: 6 }).map((side) => side === 6),
  // The handler reads long bodies slowly, so that they do not delay the others.
  size: fc.oneof(
    { arbitrary: fc.constant("usual" as const), weight: 200 },
    { arbitrary: fc.constant("most" as const), weight: 5 },
    { arbitrary: fc.constant("longest" as const), weight: 1 },
  ),
});

/** Makes random webhooks, spread over all URLs of the manifest. No two have the same SID. */
export function randomWebhooks(manifest: UrlSource, count: number): RandomWebhook[] {
  const urls = manifestUrls(manifest);
  return fc.sample(choices, count).map((chosen, index) => {
    const to = urls[index % urls.length];
    if (to === undefined) throw new Error("the manifest has no URL");
    return webhook(to, chosen);
  });
}

type Choices = typeof choices extends fc.Arbitrary<infer Chosen> ? Chosen : never;

function webhook(to: ManifestUrl, chosen: Choices): RandomWebhook {
  const { event } = to.route;
  const [sidName, prefix] = SIDS[event];
  const sid = `${prefix}${randomBytes(16).toString("hex")}`;
  const own = { ...PARAMETERS[event], [sidName]: sid };
  const read: Pair[] = Object.entries(own).map(([name, value]) => [name, name === "Body" ? chosen.text : value]);
  // A recording that is complete would be fetched.
  const quiet = read.map(([name, value]): Pair => [name, name === "RecordingStatus" ? "absent" : value]);
  const pairs = shuffled([...quiet, ...chosen.extras], chosen.order);
  const turn = EVENTS[event].hasTurns ? chosen.turn : 0;
  const made = chosen.isJson ? jsonBody(pairs, chosen) : formBody(pairs, chosen);
  const url = signedUrl(to.url, turn, chosen.isJson ? made.body : undefined);
  return { to, sid, ...made, url, query: url.slice(to.url.length), format: chosen.isJson ? "json" : "form" };
}

function signedUrl(url: string, turn: number, jsonBody: string | undefined): string {
  const turned = turn === 0 ? url : turnUrl(url, turn);
  return jsonBody === undefined ? turned : withBodyHash(turned, jsonBody);
}

/** The URL that Twilio signs for a JSON body (https://www.twilio.com/docs/usage/webhooks/webhooks-security). */
export function withBodyHash(url: string, body: string): string {
  const hash = createHash("sha256").update(body).digest("hex");
  return `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${hash}`;
}

function formBody(pairs: readonly Pair[], { spelling, size }: Choices): Pick<RandomWebhook, "pairs" | "body"> {
  const all = size === "most" ? [...pairs, ...more(MAX_PARAMETERS - pairs.length)] : pairs;
  const body = encodeForm(all, spelling);
  if (size !== "longest") return { pairs: all, body };
  const filler: Pair = ["Filler", "x".repeat(MAX_BODY_BYTES - Buffer.byteLength(`${body}&Filler=`))];
  return { pairs: [...all, filler], body: `${body}&${encodeForm([filler], spelling, false)}` };
}

function jsonBody(pairs: readonly Pair[], { size }: Choices): Pick<RandomWebhook, "pairs" | "body"> {
  const body = JSON.stringify({ ...Object.fromEntries(pairs), Count: 1, Nested: { AccountSid: "x" }, None: null });
  return { pairs, body: size === "longest" ? body + " ".repeat(MAX_BODY_BYTES - Buffer.byteLength(body)) : body };
}

/** As many parameters that nobody reads. */
export function more(count: number): Pair[] {
  return Array.from({ length: count }, (_, index): Pair => [`More${index}`, "x"]);
}

function shuffled<Item>(items: readonly Item[], order: readonly number[]): Item[] {
  const placed = items.map((item, index) => ({ item, place: order[index % order.length] ?? 0 }));
  return placed.sort((a, b) => a.place - b.place).map(({ item }) => item);
}
