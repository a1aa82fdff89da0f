/** The check of `test/no-other-way-to-text.test.ts`, which lists its rules. */
import { posix } from "node:path";
import ts from "typescript";
import { importsOf, nodesOf, type SourceImport, stringsOf, UNKNOWN } from "./source-text.ts";

export const POST_MESSAGE = "handlers/outbound/send/post-message.ts";
export const PLACE_CALL = "handlers/outbound/send/place-call.ts";
export const FIND_CREATED = "handlers/outbound/send/find-created.ts";
export const NUMBER_SIDS = "tools/adopt/twilio-numbers.ts";
export const WEBHOOKS_REQUEST = "infra/vendors/webhooks-request.ts";
export const TWILIO_ANSWER = "handlers/outbound/send/twilio-answer.ts";
export const CLEARANCE = "handlers/outbound/gate/clearance.ts";
export const MEDIA = "handlers/recordings/media.ts";
export const TWILIO_GET = "handlers/registrations/twilio-get.ts";
const REDIRECT = "handlers/recordings/redirect.ts";

/** The access to a module from which texts can be sent. A name in neither list is refused to every file, and so is the module as a whole. */
interface Fence {
  /** The names that any file may import, and export again. */
  readonly anyone: readonly string[];
  /** More names, by the file that may import them. No file may export them again. */
  readonly importers: Readonly<Record<string, readonly string[]>>;
}

const FENCES: Readonly<Record<string, Fence>> = {
  [POST_MESSAGE]: { anyone: [], importers: { "handlers/outbound/queue/sender.ts": ["postMessage"] } },
  [CLEARANCE]: {
    anyone: ["TextClearance", "ClearedText"],
    importers: { "handlers/outbound/gate/text-gate.ts": ["clearText"], [POST_MESSAGE]: ["redeem"] },
  },
  [TWILIO_ANSWER]: {
    anyone: ["TwilioAccount", "CreateOutcome", "createOutcome", "CREATE_TIMEOUT_MS"],
    importers: Object.fromEntries([PLACE_CALL, FIND_CREATED, POST_MESSAGE].map((file) => [file, ["requestTwilio"]])),
  },
};

/** The one path that a file may give `requestTwilio` together with an init. Without an init the request is a GET. */
const POSTS: Readonly<Record<string, string>> = { [PLACE_CALL]: "/Calls.json", [POST_MESSAGE]: "/Messages.json" };

/** Files that may send GET requests alone, and the names that they must not use because these could send or make another request. */
const GET_ALONE: Readonly<Record<string, readonly string[]>> = {
  [FIND_CREATED]: ["fetch", "method"],
  [MEDIA]: ["body", "http", "http2", "https", "method", "post", "put", "request"],
  [REDIRECT]: ["fetch", "method"],
  [TWILIO_GET]: ["body", "http", "http2", "https", "method", "post", "put", "request"],
  [NUMBER_SIDS]: ["fetch", "http", "http2", "https", "method", "post", "put", "request", "write"],
};

/** The files that may hold the path of Twilio's Messages. */
export const MAY_NAME_MESSAGES: readonly string[] = [POST_MESSAGE, FIND_CREATED];

const ACCOUNT = `https://api.twilio.com/2010-04-01/Accounts/${UNKNOWN}`;
/**
 * The files that may hold a text with one of Twilio's hosts, and which: for requests, for the recordings, for the numbers' SIDs of a first config, for
 * the account's signing Rules, and for the registrations of the senders.
 */
export const MAY_NAME_TWILIO: Readonly<Record<string, readonly string[]>> = {
  [TWILIO_ANSWER]: [`${ACCOUNT}${UNKNOWN}`],
  [NUMBER_SIDS]: [`${ACCOUNT}/${UNKNOWN}`, "https://status.twilio.com"],
  [MEDIA]: [`${ACCOUNT}/Recordings/${UNKNOWN}.mp3`],
  [REDIRECT]: ["https://api.twilio.com", ".twilio.com"],
  [TWILIO_GET]: [`https://messaging.twilio.com${UNKNOWN}`],
  [WEBHOOKS_REQUEST]: [`https://webhooks.twilio.com/v1/Webhooks/${UNKNOWN}?${UNKNOWN}`, "https://status.twilio.com"],
};
const HARMLESS_TWILIO = ["twilio/lib/webhooks/webhooks.js", "twilio/lib/twiml/VoiceResponse.js"];

/** Rooms that have no access to the real accounts: they reach 127.0.0.1 alone, or declare types. */
const OUTSIDE = /^(bench|loopback|sdks|test)\//;

/** Whether the check reads a file: a source, in any folder and with any ending, except tests and the rooms that reach 127.0.0.1 alone. */
export function isChecked(file: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(file) && !/\.test\.ts$/.test(file) && !OUTSIDE.test(file);
}

/** The problems of a file, one line each. */
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
  return importsOf(source).flatMap((given) =>
    given.specifier.startsWith(".") ? fenceProblems(file, given) : packageProblems(file, given.specifier),
  );
}

function fenceProblems(file: string, { specifier, names = [], isHandedOn }: SourceImport): string[] {
  // A bundler and the compiler accept another ending, or no ending, for the same module.
  const path = posix.join(posix.dirname(file), specifier.replace(/[?#].*$/, ""));
  const target = `${path.replace(/\.[cm]?[jt]sx?$/, "")}.ts`;
  const fence = FENCES[target];
  if (fence === undefined) return [];
  const own = isHandedOn ? [] : (fence.importers[file] ?? []);
  return (names.length === 0 ? ["the whole module"] : names)
    .filter((name) => !fence.anyone.includes(name) && !own.includes(name))
    .map((name) => `${target}: ${name} is not for this file, or is exported again`);
}

function packageProblems(file: string, specifier: string): string[] {
  const isComputed = specifier === "" || specifier.includes(UNKNOWN);
  if (isComputed || /^(\/|file:|data:|#)/.test(specifier))
    return ["the specifier of this import is not a literal, so it could be any module"];
  const isTwilio = specifier === "twilio" || specifier.startsWith("twilio/");
  if (isTwilio && !HARMLESS_TWILIO.includes(specifier)) return [`${specifier} can send a text`];
  const isResources = specifier === "@pulumi/twilio" || specifier.startsWith("@pulumi/twilio/");
  return isResources && !file.startsWith("infra/") ? [`${specifier} can send a text`] : [];
}

function stringProblems(file: string, source: ts.SourceFile): string[] {
  const own = MAY_NAME_TWILIO[file] ?? [];
  return stringsOf(source).flatMap((text) => [
    ...(namesMessages(text) && !MAY_NAME_MESSAGES.includes(file) ? [`"${text}" names Twilio's Messages`] : []),
    ...(namesTwilio(text) && !own.includes(text) ? [`"${text}" names one of Twilio's hosts`] : []),
    ...(file.startsWith("handlers/") && /<(Message|Sms)\b/i.test(text) ? [`"${text}" is TwiML that texts`] : []),
  ]);
}

/** Whether a text holds one of Twilio's hosts. URLs of Twilio's documentation do not count. */
export function namesTwilio(text: string): boolean {
  return /twilio\.com/i.test(text.replaceAll("https://www.twilio.com/docs/", ""));
}

/** Whether a text holds the path of Twilio's Messages. A resource type like `apiAccountsMessages` is not a path. */
export function namesMessages(text: string): boolean {
  return /(?<![a-z])Messages|\bmessages\.json/.test(decoded(text));
}

function decoded(text: string): string {
  return text.replace(/%([2-7][0-9a-f])/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Holds `requestTwilio` to its own name and to direct calls: with a path alone, or with the file's own path and an init. */
function requestProblems(file: string, source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node) => {
    if (!ts.isIdentifier(node) || node.text !== "requestTwilio") return [];
    const { parent } = node;
    if (ts.isFunctionDeclaration(parent)) return [];
    if (ts.isImportSpecifier(parent))
      return parent.propertyName === undefined ? [] : ["requestTwilio must keep its own name"];
    if (!ts.isCallExpression(parent) || parent.expression !== node)
      return ["requestTwilio must be called directly, not passed on"];
    const [, path, init] = parent.arguments;
    if (parent.arguments.some(ts.isSpreadElement)) return ["requestTwilio must not have spread arguments"];
    if (init === undefined) return [];
    const isOwn = path !== undefined && ts.isStringLiteral(path) && path.text === POSTS[file];
    return isOwn ? [] : ["requestTwilio has an init, and its path is not the one that this file may post to"];
  });
}

function getProblems(refused: readonly string[], source: ts.SourceFile): string[] {
  if (refused.length === 0) return [];
  return nodesOf(source).flatMap((node) => {
    if (ts.isComputedPropertyName(node)) return ["the name of a property is computed, so it could be any"];
    const isName = ts.isIdentifier(node) || ts.isStringLiteralLike(node);
    return isName && refused.includes(node.text) ? [`${node.text}: this file may send GET requests alone`] : [];
  });
}

/** Finds `response.message()`, `response.sms()` and `response.addChild()`, by any kind of property access. */
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

/** The property that a destructuring pattern reads. */
function boundName({ propertyName, name }: ts.BindingElement): string | undefined {
  const property = propertyName ?? name;
  return ts.isIdentifier(property) ? property.text : undefined;
}
