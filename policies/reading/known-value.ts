/** Reads a resource's properties, some of which a preview does not know. */
import { UnknownValueError } from "@pulumi/policy";

/** Stands for a value that a preview does not know. */
export const NOT_KNOWN = Symbol("not known in the preview");

/**
 * Reads a property of a resource as a plain value, with {@link NOT_KNOWN} for each unknown value at any depth. Reading an unknown value directly
 * would throw, and the pack would then skip the policy with a note that blocks nothing.
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

/** A resource's properties, each as {@link readProperty} reads it. */
export function plainProperties(props: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(props).map((name) => [name, readProperty(props, name)]));
}

/** Whether a value, or anything within it, is not known. */
export function holdsUnknown(value: unknown): boolean {
  if (value === NOT_KNOWN) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(holdsUnknown);
}

/** Whether a property was given a value, known or not. */
export function isGiven(value: unknown): boolean {
  return value === NOT_KNOWN || (value !== undefined && value !== null);
}
