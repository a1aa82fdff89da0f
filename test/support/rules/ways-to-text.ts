/** The check behind `test/no-other-way-to-text.test.ts`, which says what it holds. */
import { posix } from "node:path";
import ts from "typescript";
import { importsOf, nodesOf, stringsOf, UNKNOWN } from "./source-text.ts";

export const POST_MESSAGE = "handlers/outbound/send/post-message.ts";
export const PLACE_CALL = "handlers/outbound/send/place-call.ts";
export const FIND_CREATED = "handlers/outbound/send/find-created.ts";
export const NUMBER_SIDS = "tools/adopt/twilio-numbers.ts";
export const TWILIO_ANSWER = "handlers/outbound/send/twilio-answer.ts";
export const CLEARANCE = "handlers/outbound/gate/clearance.ts";
export const MEDIA = "handlers/recordings/media.ts";
const REDIRECT = "handlers/recordings/redirect.ts";

/** Who may import what by name; what is not listed here may be imported by all. A star stands for the module as a whole. */
const IMPORTERS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  [POST_MESSAGE]: { "*": ["handlers/outbound/queue/sender.ts"] },
  [CLEARANCE]: { clearText: ["handlers/outbound/gate/text-gate.ts"], redeem: [POST_MESSAGE] },
  [TWILIO_ANSWER]: { requestTwilio: [PLACE_CALL, FIND_CREATED, POST_MESSAGE] },
};

/** What `requestTwilio` may be asked for with an init; without one it is a GET. */
const POSTS: Readonly<Record<string, string>> = { [PLACE_CALL]: "/Calls.json", [POST_MESSAGE]: "/Messages.json" };

/** Who asks with GET alone, and what else than `get` of `node:https` could send a request there, or make another one of that. */
const GET_ALONE: Readonly<Record<string, readonly string[]>> = {
  [FIND_CREATED]: ["fetch", "method"],
  [MEDIA]: ["body", "http", "http2", "https", "method", "post", "put", "request"],
  [REDIRECT]: ["fetch", "method"],
  [NUMBER_SIDS]: ["fetch", "http", "http2", "https", "method", "post", "put", "request", "write"],
};

export const MAY_NAME_MESSAGES: readonly string[] = [POST_MESSAGE, FIND_CREATED];

const ACCOUNT = `https://api.twilio.com/2010-04-01/Accounts/${UNKNOWN}`;
/** Who may name which texts with a host of Twilio's: the requests, where recordings are fetched from, and the numbers' SIDs for a first config. */
export const MAY_NAME_TWILIO: Readonly<Record<string, readonly string[]>> = {
  [TWILIO_ANSWER]: [`${ACCOUNT}${UNKNOWN}`],
  [NUMBER_SIDS]: [`${ACCOUNT}/${UNKNOWN}`],
  [MEDIA]: [`${ACCOUNT}/Recordings/${UNKNOWN}.mp3`],
  [REDIRECT]: ["https://api.twilio.com", ".twilio.com"],
};
const HARMLESS_TWILIO = ["twilio/lib/webhooks/webhooks.js", "twilio/lib/twiml/VoiceResponse.js"];

/** Whether a file is one that the check reads. A test reaches 127.0.0.1 alone. */
export function isSource(file: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(file) && !/\.test\.ts$/.test(file);
}

/** What is wrong with a file, one line for each problem. */
export function problems(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  return [
    ...importProblems(file, source),
    ...stringProblems(file, source),
    ...requestProblems(file, source),
    ...getProblems(GET_ALONE[file] ?? [], source),
    ...(file.startsWith("handlers/") ? twimlProblems(source) : []),
  ].map((problem) => `${file}: ${problem}`);
}

/** Every text of a file. */
export function textsOf(text: string): string[] {
  return stringsOf(ts.createSourceFile("a.ts", text, ts.ScriptTarget.Latest, true));
}

function importProblems(file: string, source: ts.SourceFile): string[] {
  return importsOf(source).flatMap(({ specifier, names, isHandedOn }) => {
    if (!specifier.startsWith(".")) return packageProblems(file, specifier);
    // A bundler and the compiler take another ending, or none, for the same module.
    const path = posix.join(posix.dirname(file), specifier.replace(/[?#].*$/, ""));
    const target = `${path.replace(/\.[cm]?[jt]sx?$/, "")}.ts`;
    return Object.entries(IMPORTERS[target] ?? {})
      .filter(([name]) => name === "*" || names === undefined || names.includes(name))
      .filter(([, importers]) => isHandedOn || !importers.includes(file))
      .map(([name]) => `${target}: ${name} is not for this file, or is handed on`);
  });
}

function packageProblems(file: string, specifier: string): string[] {
  const isComputed = specifier === "" || specifier.includes(UNKNOWN);
  if (isComputed || /^(\/|file:|data:|#)/.test(specifier))
    return ["an import that cannot be read off could be any module"];
  const isTwilio = specifier === "twilio" || specifier.startsWith("twilio/");
  if (isTwilio && !HARMLESS_TWILIO.includes(specifier)) return [`${specifier} can send a text`];
  const isResources = specifier === "@pulumi/twilio" || specifier.startsWith("@pulumi/twilio/");
  return isResources && !file.startsWith("infra/") ? [`${specifier} can send a text`] : [];
}

function stringProblems(file: string, source: ts.SourceFile): string[] {
  const own = MAY_NAME_TWILIO[file] ?? [];
  return stringsOf(source).flatMap((text) => [
    ...(namesMessages(text) && !MAY_NAME_MESSAGES.includes(file) ? [`"${text}" names Twilio's Messages`] : []),
    ...(namesTwilio(text) && !own.includes(text) ? [`"${text}" names a host of Twilio's`] : []),
    ...(file.startsWith("handlers/") && /<(Message|Sms)\b/i.test(text) ? [`"${text}" is TwiML that texts`] : []),
  ]);
}

/** Whether a text has a host of Twilio's. The documentation stands on a host of its own. */
export function namesTwilio(text: string): boolean {
  return /twilio\.com/i.test(text.replaceAll("https://www.twilio.com/docs/", ""));
}

/** Whether a text has the path of Twilio's Messages. Resource types, like `apiAccountsMessages`, name no path. */
export function namesMessages(text: string): boolean {
  return /(?<![a-z])Messages|\bmessages\.json/.test(decoded(text));
}

function decoded(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** `requestTwilio` under its own name, called at once: with a path alone, or with this file's own path and an init. */
function requestProblems(file: string, source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    if (!ts.isIdentifier(node) || node.text !== "requestTwilio") return [];
    const { parent } = node;
    if (ts.isFunctionDeclaration(parent)) return [];
    if (ts.isImportSpecifier(parent))
      return parent.propertyName === undefined ? [] : ["requestTwilio goes by its own name"];
    if (!ts.isCallExpression(parent) || parent.expression !== node)
      return ["requestTwilio is called, and not handed on"];
    const [, path, init] = parent.arguments;
    if (parent.arguments.some(ts.isSpreadElement)) return ["requestTwilio with arguments that cannot be read off"];
    if (init === undefined) return [];
    const isOwn = path !== undefined && ts.isStringLiteral(path) && path.text === POSTS[file];
    return isOwn ? [] : [`requestTwilio with more than a path that this file may post to`];
  });
}

function getProblems(refused: readonly string[], source: ts.SourceFile): string[] {
  if (refused.length === 0) return [];
  return nodesOf(source).flatMap((node) => {
    if (ts.isComputedPropertyName(node)) return ["a property whose name cannot be read off"];
    const isName = ts.isIdentifier(node) || ts.isStringLiteralLike(node);
    return isName && refused.includes(node.text) ? [`${node.text}: this file asks with GET alone`] : [];
  });
}

/** `response.message()`, `response.sms()` and `response.addChild()`, however they are reached. */
function twimlProblems(source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    const name = accessedName(node);
    const isCalled = () => ts.isCallExpression(node.parent) && node.parent.expression === node;
    const canText = name === "sms" || name === "addChild" || (name === "message" && isCalled());
    return canText ? [`.${name} of a TwiML response can text`] : [];
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
