/**
 * A text leaves through `handlers/outbound/post-message.ts` alone, and that takes nothing but the gate's clearance. Held over every TypeScript
 * file of the rooms that run against the real accounts, tests aside: a test reaches 127.0.0.1 alone.
 * - Only that module may hold the path of Twilio's Messages. `find-created.ts` may ask for the list, with GET.
 * - Nothing else names another host of Twilio's: each has its own ways to text. `tools/adopt/twilio-numbers.ts` may ask for the account's numbers,
 *   with GET.
 * - Only the sender imports that module, only the gate makes a clearance, and only the three that ask Twilio import what can.
 * - Of npm's `twilio` there are the webhook check and the voice half of TwiML alone; `@pulumi/twilio`, whose resources text, is infra's.
 * - No TwiML answers with a text.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { importsOf, nodesOf, stringsOf } from "./support/source-text.ts";

const PROJECT = join(import.meta.dirname, "..");
const ROOMS = ["audit", "handlers", "hub", "infra", "policies", "tools"];

const POST_MESSAGE = "handlers/outbound/post-message.ts";
const FIND_CREATED = "handlers/outbound/find-created.ts";
const NUMBER_SIDS = "tools/adopt/twilio-numbers.ts";
const TWILIO_ANSWER = "handlers/outbound/twilio-answer.ts";
const CLEARANCE = "handlers/gate/clearance.ts";

/** Who may import what by name; what is not listed here may be imported by all. A star stands for the module as a whole. */
const IMPORTERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  [POST_MESSAGE]: { "*": ["handlers/outbound/sender.ts"] },
  [CLEARANCE]: { clearText: ["handlers/gate/text-gate.ts"], redeem: [POST_MESSAGE] },
  [TWILIO_ANSWER]: { requestTwilio: ["handlers/outbound/place-call.ts", FIND_CREATED, POST_MESSAGE] },
};

const MAY_NAME_MESSAGES = [POST_MESSAGE, FIND_CREATED];
/** The requests, where recordings are fetched from, and the numbers' SIDs for a first config. */
const MAY_NAME_TWILIO = [TWILIO_ANSWER, NUMBER_SIDS, "handlers/recordings/media.ts", "handlers/recordings/redirect.ts"];
const HARMLESS_TWILIO = ["twilio/lib/webhooks/webhooks.js", "twilio/lib/twiml/VoiceResponse.js"];

/** What is wrong with a file, one line for each problem. */
function problems(file: string, text: string): string[] {
  const source = parse(file, text);
  return [
    ...importProblems(file, source),
    ...stringProblems(file, source),
    ...(file === FIND_CREATED ? postProblems(source) : []),
    ...(file === NUMBER_SIDS ? clientProblems(source) : []),
    ...(file.startsWith("handlers/") ? twimlProblems(source) : []),
  ].map((problem) => `${file}: ${problem}`);
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
}

function importProblems(file: string, source: ts.SourceFile): string[] {
  return importsOf(source).flatMap(({ specifier, names, isHandedOn }) => {
    if (!specifier.startsWith(".")) return packageProblems(file, specifier);
    const target = posix.join(posix.dirname(file), specifier);
    return Object.entries(IMPORTERS[target] ?? {})
      .filter(([name]) => name === "*" || names === undefined || names.includes(name))
      .filter(([, importers]) => isHandedOn || !importers.includes(file))
      .map(([name]) => `${target}: ${name} is not for this file, or is handed on`);
  });
}

function packageProblems(file: string, specifier: string): string[] {
  const isTwilio = specifier === "twilio" || specifier.startsWith("twilio/");
  if (isTwilio && !HARMLESS_TWILIO.includes(specifier)) return [`${specifier} can send a text`];
  const isResources = specifier === "@pulumi/twilio" || specifier.startsWith("@pulumi/twilio/");
  return isResources && !file.startsWith("infra/") ? [`${specifier} can send a text`] : [];
}

function stringProblems(file: string, source: ts.SourceFile): string[] {
  return stringsOf(source).flatMap((text) => [
    ...(namesMessages(text) && !MAY_NAME_MESSAGES.includes(file) ? [`"${text}" names Twilio's Messages`] : []),
    ...(namesTwilio(text) && !MAY_NAME_TWILIO.includes(file) ? [`"${text}" names a host of Twilio's`] : []),
    ...(file.startsWith("handlers/") && /<(Message|Sms)\b/i.test(text) ? [`"${text}" is TwiML that texts`] : []),
  ]);
}

/** The documentation stands on a host of its own. */
const namesTwilio = (text: string) => /twilio\.com/i.test(text.replaceAll("https://www.twilio.com/docs/", ""));

/** Resource types, like `apiAccountsMessages`, name no path. */
const namesMessages = (text: string) => /(?<![a-z])Messages|\bmessages\.json/.test(decoded(text));

function decoded(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** A request without an init is a GET. */
function postProblems(source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    if (!ts.isIdentifier(node)) return [];
    if (node.text === "method" || node.text === "fetch") return [`${node.text}: this file asks with GET alone`];
    if (node.text !== "requestTwilio" || ts.isImportSpecifier(node.parent)) return [];
    const isGet = ts.isCallExpression(node.parent) && node.parent.arguments.length === 2;
    return isGet && !node.parent.arguments.some(ts.isSpreadElement) ? [] : ["requestTwilio with more than a path"];
  });
}

/** What else than `get` of `node:https` could send a request, and what makes another one of that. */
const NOT_GET = ["fetch", "http", "http2", "https", "method", "post", "put", "request", "write"];

function clientProblems(source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) =>
    ts.isIdentifier(node) && NOT_GET.includes(node.text) ? [`${node.text}: this file asks with GET alone`] : [],
  );
}

/** `response.message()` and `response.sms()`, however they are reached. */
function twimlProblems(source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    const name = accessedName(node);
    if (name === "sms" || (name === "message" && ts.isCallExpression(node.parent) && node.parent.expression === node)) {
      return [`.${name} of a TwiML response texts`];
    }
    return [];
  });
}

function accessedName(node: ts.Node): string | undefined {
  if (ts.isBindingElement(node)) return boundName(node);
  if (ts.isPropertyAccessExpression(node)) return node.name.text;
  if (!ts.isElementAccessExpression(node)) return undefined;
  return ts.isStringLiteralLike(node.argumentExpression) ? node.argumentExpression.text : undefined;
}

/** The property that a pattern takes out of an object. */
function boundName({ propertyName, name }: ts.BindingElement): string | undefined {
  const property = propertyName ?? name;
  return ts.isIdentifier(property) ? property.text : undefined;
}

/** What is tracked, and what is about to be. */
function sourceFiles(): string[] {
  const paths = ROOMS.map((room) => `${room}/*.ts`);
  const list = (...options: string[]) =>
    execFileSync("git", ["ls-files", "-z", ...options, "--", ...paths], { cwd: PROJECT, encoding: "utf8" }).split("\0");
  const deleted = new Set(list("--deleted"));
  const files = list("--cached", "--others", "--exclude-standard");
  return files.filter((file) => file !== "" && !deleted.has(file) && !file.endsWith(".test.ts"));
}

test("there is no other way to text", () => {
  const files = sourceFiles();
  for (const file of [POST_MESSAGE, FIND_CREATED, NUMBER_SIDS, TWILIO_ANSWER, CLEARANCE]) expect(files).toContain(file);
  expect(files.flatMap((file) => problems(file, readFileSync(join(PROJECT, file), "utf8")))).toEqual([]);
});

test("every exception is needed", () => {
  const textsOf = (file: string) => stringsOf(parse(file, readFileSync(join(PROJECT, file), "utf8")));
  for (const file of MAY_NAME_MESSAGES) expect(textsOf(file).some(namesMessages), file).toBe(true);
  for (const file of MAY_NAME_TWILIO) expect(textsOf(file).some(namesTwilio), file).toBe(true);
});

const ELSEWHERE = "handlers/dispatch/a.ts";
const SENDER = "handlers/outbound/sender.ts";
const TEXT_GATE = "handlers/gate/text-gate.ts";

test.each([
  [ELSEWHERE, 'const path = "/Messages.json";'],
  ["hub/a.ts", 'export const path = "/2010-04-01/Accounts/AC1/Messages";'],
  ["infra/a.ts", `const path = \`/Accounts/\${sid}/Messages.json\`;`],
  ["infra/a.ts", 'const script = "curl -X POST $HOST/Messages.json";'],
  ["policies/a.ts", 'const path = "/Mess" + "ages.json";'],
  ["tools/a.ts", `const path = \`/\${'Mess'}ages.json\`;`],
  ["tools/a.ts", 'const path = ["Mess", "ages"].join("");'],
  ["tools/a.ts", 'const path = "Mess".concat("ages");'],
  ["tools/a.ts", `const path = ("/Mess" as string) + \`ages.\${kind}\`;`],
  ["audit/a.ts", 'const path = "/%4Dessages.json";'],
  ["audit/a.ts", 'const path = "/messages.json";'],
  [SENDER, 'const path = "/Messages.json";'],
  [FIND_CREATED, 'await requestTwilio(account, "/Messages.json", { method: "POST" });'],
  [FIND_CREATED, 'await requestTwilio(account, "/Messages.json", init);'],
  [FIND_CREATED, 'await requestTwilio(account, ...["/Messages.json", init]);'],
  [FIND_CREATED, "const send = requestTwilio;"],
  [FIND_CREATED, "await account.fetch(url);"],
  [NUMBER_SIDS, 'get(url, { method: "POST" });'],
  [NUMBER_SIDS, 'import { request } from "node:https";'],
  [NUMBER_SIDS, "await fetch(url, init);"],
  [NUMBER_SIDS, 'const path = "/Messages.json";'],
  [ELSEWHERE, 'await fetch("https://api.twilio.com/2010-04-01");'],
  [ELSEWHERE, 'await fetch("https://messaging.twilio.com/v1/Services");'],
  [ELSEWHERE, 'const host = "conversations.twilio" + ".com";'],
])("an endpoint is refused in %s: %s", (file, text) => {
  expect(problems(file, text)).not.toEqual([]);
});

test.each([
  ["handlers/hub.ts", 'import { postMessage } from "./outbound/post-message.ts";'],
  ["handlers/hub.ts", 'import type { postMessage } from "./outbound/post-message.ts";'],
  ["handlers/hub.ts", 'type Post = typeof import("./outbound/post-message.ts");'],
  ["handlers/hub.ts", 'const post = await import("./outbound/post-message.ts");'],
  ["tools/a.ts", 'export * from "../handlers/outbound/post-message.ts";'],
  [SENDER, 'export { postMessage } from "./post-message.ts";'],
  [SENDER, 'import { postMessage } from "./post-message.ts"; export { postMessage };'],
  [SENDER, 'import { postMessage as post } from "./post-message.ts"; export { post as send };'],
  [SENDER, 'import { postMessage } from "./post-message.ts"; export default postMessage;'],
  [SENDER, 'import { clearText } from "../gate/clearance.ts";'],
  [SENDER, 'import { clearText as clear } from "../gate/clearance.ts";'],
  [SENDER, 'import { redeem } from "../gate/clearance.ts";'],
  [SENDER, 'import * as clearance from "../gate/clearance.ts";'],
  [SENDER, 'import clearance from "../gate/clearance.ts";'],
  [SENDER, 'import clearance, { type TextClearance } from "../gate/clearance.ts";'],
  [SENDER, 'const clearance = await import("../gate/clearance.ts");'],
  [SENDER, 'import clearance = require("../gate/clearance.ts");'],
  [POST_MESSAGE, 'import { clearText } from "../gate/clearance.ts";'],
  [TEXT_GATE, 'export { clearText } from "./clearance.ts";'],
  [TEXT_GATE, 'import { clearText } from "./clearance.ts"; export { clearText };'],
  [TEXT_GATE, 'export * from "./clearance.ts";'],
  [SENDER, 'import { requestTwilio } from "./twilio-answer.ts";'],
  ["handlers/recordings/a.ts", 'import * as twilio from "../outbound/twilio-answer.ts";'],
  [ELSEWHERE, 'import twilio from "twilio";'],
  ["hub/a.ts", 'import type { Twilio } from "twilio";'],
  ["audit/a.ts", 'import twilio from "twilio";'],
  ["infra/a.ts", 'import RestClient from "twilio/lib/rest/Twilio.js";'],
  ["tools/a.ts", 'const { Twilio } = require("twilio");'],
  [ELSEWHERE, 'const twilio = await import("twilio");'],
  [ELSEWHERE, 'import MessagingResponse from "twilio/lib/twiml/MessagingResponse.js";'],
  [ELSEWHERE, 'import * as twilio from "@pulumi/twilio";'],
  ["policies/a.ts", 'import { ApiAccountsMessages } from "@pulumi/twilio";'],
])("an import is refused in %s: %s", (file, text) => {
  expect(problems(file, text)).not.toEqual([]);
});

test.each([
  'response.message("Hello.");',
  'response.sms("Hello.");',
  'response?.message("Hello.");',
  'response["message"]("Hello.");',
  'response["sms"]("Hello.");',
  "const send = response.sms;",
  "const { sms } = response;",
  "const { sms: send } = response;",
  'const twiml = "<Response><Message>Hello.</Message></Response>";',
  `const twiml = \`<Message to='\${to}'>\`;`,
  'const twiml = "<Mess" + "age>";',
  'const twiml = "<Sms>Hello.</Sms>";',
  'const twiml = "<sms>";',
])("TwiML that texts is refused in a handler: %s", (text) => {
  expect(problems(ELSEWHERE, text)).not.toEqual([]);
});

test.each([
  [POST_MESSAGE, 'import { redeem, type TextClearance } from "../gate/clearance.ts"; const path = "/Messages.json";'],
  [POST_MESSAGE, 'import { createOutcome, requestTwilio } from "./twilio-answer.ts";'],
  [FIND_CREATED, 'import { requestTwilio } from "./twilio-answer.ts"; requestTwilio(account, "/Messages.json");'],
  [TWILIO_ANSWER, `const url = \`https://api.twilio.com/2010-04-01/Accounts/\${sid}\${path}\`;`],
  [SENDER, 'import { postMessage } from "./post-message.ts"; import type { CreateOutcome } from "./twilio-answer.ts";'],
  [SENDER, 'import type { TextClearance } from "../gate/clearance.ts";'],
  [TEXT_GATE, 'import { clearText, type TextClearance } from "./clearance.ts";'],
  ["infra/a.ts", 'import * as twilio from "@pulumi/twilio";'],
  ["handlers/a.ts", 'import VoiceResponse from "twilio/lib/twiml/VoiceResponse.js";'],
  ["handlers/a.ts", 'import { validateBody } from "twilio/lib/webhooks/webhooks.js"; // "/Messages.json"'],
  ["handlers/a.ts", 'const said = error.message; const page = "https://www.twilio.com/docs/api/errors/30032";'],
  ["handlers/a.ts", 'const path = "/Calls.json"; const key = "messages"; const file = "./message.ts";'],
  ["hub/a.ts", 'const type = "twilio:index/apiAccountsMessages:ApiAccountsMessages";'],
])("the check takes in %s: %s", (file, text) => {
  expect(problems(file, text)).toEqual([]);
});
