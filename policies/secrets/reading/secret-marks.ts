/**
 * Finds which of a resource's values are marked secret. A validation is shown every value without its mark. A remediation, which the engine runs just
 * before it on the same resource, keeps the marks so that it can write them back (@pulumi/policy 1.21.0, `secret.js`).
 */
import { Secret } from "@pulumi/policy";
import { specialSecretSig, specialSigKey } from "@pulumi/pulumi/runtime/rpc.js";

/** The properties by which a proxy of @pulumi/policy can be recognised and unwrapped (`proxy.js`; not in its types). */
const IS_PROXY = "__isSpecialProxy";
const WRAPPED = "__getSpecialProxyTarget";

/** The paths of the marked values, in the form of `textsIn`. The mark of a value covers everything within it. */
export function markedPaths(props: unknown, path = ""): string[] {
  const value = withoutProxy(props);
  if (value instanceof Secret || isMark(value)) return [path];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => markedPaths(item, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, inner]) => markedPaths(inner, path === "" ? key : `${path}.${key}`));
}

/** Whether a path is that of a marked value, or of something within one. */
export function isMarked(path: string, marked: readonly string[]): boolean {
  return marked.some((known) => path === known || path.startsWith(`${known}.`) || path.startsWith(`${known}[`));
}

/** Whether a value is a secret as an exported state holds it. */
function isMark(value: unknown): boolean {
  return typeof value === "object" && value !== null && Reflect.get(value, specialSigKey) === specialSecretSig;
}

/** The value within the proxies of @pulumi/policy, which take the marks off. */
function withoutProxy(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Secret) return value;
  return Reflect.get(value, IS_PROXY) === true ? withoutProxy(Reflect.get(value, WRAPPED)) : value;
}
