/** Property bags as the engine sends them, and what has changed between two of them. */
import { isDeepStrictEqual } from "node:util";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

/** A resource's inputs or outputs. */
export type Properties = Readonly<Record<string, unknown>>;

/** What stands for a value that is not known yet (pulumi/pulumi, `UnknownStringValue`). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key by which the engine marks a value as special, and the mark of a secret (pulumi/pulumi, `resource.SigKey`, `resource.SecretSig`). */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** The property bag of a message's field, secrets opened. */
export function fromStruct(struct: structs.Struct | undefined): Properties {
  return openedSecrets(rawFromStruct(struct));
}

/** The property bag of a message's field as it came: a secret is an object with the engine's mark. */
export function rawFromStruct(struct: structs.Struct | undefined): Properties {
  return struct === undefined ? {} : struct.toJavaScript();
}

/** The property bag with every secret's value in its place. */
export function openedSecrets(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, withoutMarks(value)]));
}

function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isBag(value)) return value;
  if (Reflect.get(value, SIGNATURE_KEY) === SECRET) return withoutMarks(Reflect.get(value, "value"));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutMarks(inner)]));
}

/** A value with the engine's mark of a secret. */
export function markedSecret(value: unknown): Properties {
  return { [SIGNATURE_KEY]: SECRET, value };
}

/** A message's field from a property bag. What is undefined is left out. */
export function toStruct(properties: Properties): structs.Struct {
  return structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

/** The value without what is null or undefined in it. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isBag(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutNulls(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== null && inner !== undefined));
}

/** The value without the empty texts, lists and objects, the zeros and the false flags in it, which the bridge leaves out of an import. */
export function withoutZeroValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutZeroValues);
  if (!isBag(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutZeroValues(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => !isZero(inner)));
}

function isZero(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isBag(value) ? Object.keys(value).length === 0 : !value;
}

/** The paths (`config.ingresses[0].path`) at which two values differ, with the kind of change. */
export function changedPaths(before: unknown, after: unknown, at = ""): Map<string, "add" | "delete" | "update"> {
  if (isDeepStrictEqual(before, after)) return new Map();
  if (before === undefined) return new Map([[at, "add"]]);
  if (after === undefined) return new Map([[at, "delete"]]);
  const isList = Array.isArray(before) && Array.isArray(after);
  if (!isList && !(isBag(before) && isBag(after))) return new Map([[at, "update"]]);
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const path = (key: string) => (isList ? `${at}[${key}]` : at === "" ? key : `${at}.${key}`);
  return new Map(
    [...keys].flatMap((key) => [...changedPaths(Reflect.get(before, key), Reflect.get(after, key), path(key))]),
  );
}

/** Whether a value is a property bag, and not a list. */
export function isBag(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
