import { UnknownValueError } from "@pulumi/policy";

/** What stands for a value that a preview does not know. */
export const NOT_KNOWN = Symbol("not known in the preview");

/**
 * Reads a property of a resource, whole and plain, with {@link NOT_KNOWN} where a value is unknown. Reading such a value as it is would
 * throw, and the pack would then skip the policy with a note that blocks nothing.
 */
export function readProperty(props: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return plain(props[name]);
  } catch (error) {
    if (error instanceof UnknownValueError) return NOT_KNOWN;
    throw error;
  }
}

function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.keys(value).map((key) => [key, readProperty(Object(value), key)] as const);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

/** Whether a value, or anything within it, is not known. */
export function holdsUnknown(value: unknown): boolean {
  if (value === NOT_KNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** A resource's properties, whole and plain, with `NOT_KNOWN` where a value is unknown. */
export function plainProperties(props: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(props).map((name) => [name, readProperty(props, name)]));
}
