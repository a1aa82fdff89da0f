/** Makes a fixture's calls from the calls of a log. */
import type { RecordedCall } from "./fixture.ts";
import { maskIdentities } from "./made-up.ts";
import { mapTexts, textsOf } from "./map-texts.ts";
import { shorten } from "./shorten.ts";

/** Fields that differ from run to run and do not affect an answer. */
const NOISE = [
  "resourceStatusAddress",
  "resourceStatusToken",
  "randomSeed",
  "sendsOldInputs",
  "sendsOldInputsToDelete",
];

/** The bridge's private data in the state. It belongs to the bridge's answers; in a later request it is only their echo. */
const ECHO = "__pulumi_raw_state_delta";
/** The methods whose answer depends only on the request and the project, so that one recording of each is enough for all runs. */
const PURE = ["GetRequiredPackages", "Parameterize", "CheckConfig", "DiffConfig", "Configure", "Check", "Diff"];

/** The place of a recording, the IDs that may stay, and earlier recordings. */
export interface RecordingOptions {
  /** The folder of the stack's releases and gate file, if there is one. */
  readonly stackFolder?: string | undefined;
  /** A text with the IDs that may stay: the loopback stack's config. */
  readonly known: string;
  /** The calls of earlier fixtures. Such a call is left out if its answer depends only on the request. */
  readonly earlier?: readonly RecordedCall[];
}

/**
 * Returns the calls in the form of a fixture: noise and repetitions removed; folders, ports and identities replaced; long texts shortened. Calls that
 * come from a fixture do not change.
 *
 * @throws Error if a path of this machine would stay in the fixture
 */
export function recordCalls(
  calls: readonly RecordedCall[],
  { stackFolder, known, earlier = [] }: RecordingOptions,
): RecordedCall[] {
  const project = calls.flatMap(projectFolderOf)[0];
  const folders: [from: string, to: string][] = [
    ...(stackFolder === undefined ? [] : [[stackFolder, "/STACK"] satisfies [string, string]]),
    ...(project === undefined ? [] : [[project, "/PROJECT"] satisfies [string, string]]),
  ];
  const replaceFolders = (text: string) => folders.reduce((rest, [from, to]) => rest.replaceAll(from, to), text);
  const clean = maskIdentities(calls.map(withoutNoise), known).map((call) => mapCall(call, replaceFolders));
  for (const call of clean) requireNoPath(call);
  return withoutRepetitions(
    clean.map((call) => mapCall(call, shorten)),
    earlier.filter(isPure),
  );
}

function projectFolderOf({ request: { info } }: RecordedCall): string[] {
  const folder: unknown = typeof info === "object" && info !== null ? Reflect.get(info, "rootDirectory") : undefined;
  return typeof folder === "string" && folder.startsWith("/") && folder !== "/PROJECT" ? [folder] : [];
}

function withoutNoise(call: RecordedCall): RecordedCall {
  // The ID of a provider's instance is different in each stack.
  const noise = call.method.endsWith("/Configure") ? [...NOISE, "id"] : NOISE;
  const request = without(call.request, noise);
  return { ...call, request: withoutEcho(request) };
}

function withoutEcho(request: RecordedCall["request"]): RecordedCall["request"] {
  return Object.fromEntries(
    Object.entries(request).map(([key, value]) => [key, isFields(value) ? without(value, [ECHO]) : value]),
  );
}

function without(fields: object, keys: readonly string[]): RecordedCall["request"] {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)));
}

function isFields(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function mapCall({ method, request, response, errors }: RecordedCall, map: (text: string) => string): RecordedCall {
  const mapped = (fields: RecordedCall["request"]) =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, mapTexts(value, map)]));
  return {
    method,
    request: mapped(request),
    ...(response && { response: mapped(response) }),
    ...(errors && { errors: errors.map(map) }),
  };
}

function requireNoPath(call: RecordedCall): void {
  const path = textsOf(call).flatMap(
    (text) => /(?<![\w.])\/(?:home|root|tmp|Users|work|private\/var)\/[^\s"']*/.exec(text) ?? [],
  )[0];
  if (path === undefined) return;
  throw new Error(`${path} is a path of this machine (in ${call.method}); name the stack's folder with --stack-folder`);
}

function withoutRepetitions(calls: readonly RecordedCall[], earlier: readonly RecordedCall[]): RecordedCall[] {
  const seen = new Set(earlier.map(textOf));
  return calls.filter((call) => {
    const text = textOf(call);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** Whether one recording is enough. The command plugin's other answers are a script's output, which shows nothing new about the plugin the second time. */
function isPure({ method, request: { type, tok } }: RecordedCall): boolean {
  return PURE.includes(method.slice(method.indexOf("/") + 1)) || /^command:/.test(String(type ?? tok));
}

/** Returns a text that is the same for equal calls. */
function textOf(call: RecordedCall): string {
  return JSON.stringify(call, (_key, value: unknown) =>
    isFields(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value,
  );
}
