/** The differences between a recorded answer and a stand-in's, property by property. */
import type { Answer } from "./stand-in-client.ts";

/** A property whose value differs. */
export interface Difference {
  /** Like `response.properties.config.ingresses[0].path`, or `errors[0]` for an error. */
  readonly property: string;
  /** Undefined if the real plugin does not answer it. */
  readonly recorded: unknown;
  /** Undefined if the stand-in does not answer it. */
  readonly found: unknown;
}

/** Returns every difference between two answers. */
export function differences(recorded: Answer, found: Answer): Difference[] {
  return compare("", recorded, found);
}

function compare(property: string, recorded: unknown, found: unknown): Difference[] {
  if (Object.is(recorded, found)) return [];
  const [before, after] = [childrenOf(recorded), childrenOf(found)];
  if (before === undefined || after === undefined || Array.isArray(recorded) !== Array.isArray(found)) {
    return [{ property, recorded, found }];
  }
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((key) =>
    compare(childPath(property, key), before.get(key), after.get(key)),
  );
}

/** A value inside an answer that is neither an object nor a list with members. */
export interface Leaf {
  readonly property: string;
  readonly path: readonly (string | number)[];
}

/** Returns every leaf of an answer. */
export function leavesOf(value: unknown, { property, path }: Leaf = { property: "", path: [] }): Leaf[] {
  const children = childrenOf(value);
  if (children === undefined || children.size === 0) return [{ property, path }];
  return [...children].flatMap(([key, child]) =>
    leavesOf(child, { property: childPath(property, key), path: [...path, key] }),
  );
}

function childrenOf(value: unknown): Map<string | number, unknown> | undefined {
  if (Array.isArray(value)) return new Map(value.entries());
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

function childPath(property: string, key: string | number): string {
  if (typeof key === "number") return `${property}[${key}]`;
  return property === "" ? key : `${property}.${key}`;
}
