import { readProperty } from "./known-value.ts";

/** A resource's properties, whole and plain, with `NOT_KNOWN` where a value is unknown. */
export function plainProperties(props: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.keys(props).map((name) => [name, readProperty(props, name)]));
}
