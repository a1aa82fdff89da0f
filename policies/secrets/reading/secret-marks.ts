/**
 * Which of a resource's values are marked secret. A validation is shown every value without its mark; a remediation, which the engine runs just
 * before it on the same resource, keeps the marks so that it could write them back (@pulumi/policy 1.21.0, `secret.js`).
 */
import { Secret } from "@pulumi/policy";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc.js";

/** The names under which a proxy of the pack says that it is one, and gives what it wraps (`proxy.js`, left out of its types). */
const IS_PROXY = "__isSpecialProxy";
const WRAPPED = "__getSpecialProxyTarget";

/** The paths of the values that are marked, as `textsIn` writes them. What a marked value holds is marked with it. */
export function markedPaths(props: unknown, path = ""): string[] {
  const value = withoutProxy(props);
  if (value instanceof Secret || isMark(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => markedPaths(item, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, inner]) => markedPaths(inner, path === "" ? key : `${path}.${key}`));
}

/** Whether a path is that of a marked value, or leads into one. */
export function isMarked(path: string, marked: readonly string[]): boolean {
  return marked.some((known) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`));
}

/** A secret as it stands in an exported state. */
function isMark(value: unknown): boolean {
  return typeof value === "object" && value !== null && Reflect.get(value, specialSigKey) === specialSecretSig;
}

/** The pack wraps a value in proxies that take the marks off, each of which gives what it wraps under a name. */
function withoutProxy(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Secret) return value;
  return Reflect.get(value, IS_PROXY) === true ? withoutProxy(Reflect.get(value, WRAPPED)) : value;
}
