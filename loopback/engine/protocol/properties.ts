/** Property bags in the engine's protocol, and the differences between them. */
import { isDeepStrictEqual } from "node:util";
import structs from "google-protobuf/google/protobuf/struct_pb.js";

/** A resource's inputs or outputs. */
export type Properties = Readonly<Record<string, unknown>>;

/** The placeholder of an unknown value (pulumi/pulumi, `UnknownStringValue`). */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The key of the engine's mark on a special value, and the mark of a secret (pulumi/pulumi, `resource.SigKey`, `resource.SecretSig`). */
const SIGNATURE_KEY = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Reads a message's field as a property bag, with secrets unwrapped. An unset field is an empty bag. */
export function fromStruct(struct: structs.Struct | undefined): Properties {
  return openedSecrets(rawFromStruct(struct));
}

/** Reads a message's field as a property bag, with secrets as they came: each is an object with the engine's mark. */
export function rawFromStruct(struct: structs.Struct | undefined): Properties {
  return struct === undefined ? {} : struct.toJavaScript();
}

/** Replaces every secret with its value. */
export function openedSecrets(properties: Properties): Properties {
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, withoutMarks(value)]));
}

function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (!isBag(value)) return value;
  if (Reflect.get(value, SIGNATURE_KEY) === SECRET) return withoutMarks(Reflect.get(value, "value"));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutMarks(inner)]));
}

/** Marks a value as a secret. */
export function markedSecret(value: unknown): Properties {
  return { [SIGNATURE_KEY]: SECRET, value };
}

/** Makes a message's field from a property bag. Undefined values are left out. */
export function toStruct(properties: Properties): structs.Struct {
  return structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)));
}

/** Removes null and undefined properties, at any depth. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isBag(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutNulls(inner)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== null && inner !== undefined));
}

/** Removes properties that are empty texts, empty lists, empty objects, zero or false, at any depth. The bridge leaves them out of an import. */
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

/** The kind of change at each path (such as `config.ingresses[0].path`) where two values differ. */
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

/** Whether a value is an object and not a list. */
export function isBag(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
