import { NOT_KNOWN } from "./known-value.ts";

/** A text somewhere in a value. */
export interface FoundText {
  /** Where it stands: `config.ingresses[0].path`. */
  readonly path: string;
  /** The name that it goes by: the last one on its path. */
  readonly name: string;
  readonly text: string;
}

/** Every text in a value, with its place. What is not known in a preview is left out: the update shows it before it does anything. */
export function textsIn(value: unknown, path = "", name = ""): FoundText[] {
  if (typeof value === "string") return [{ path, name, text: value }];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, `${path}[${index}]`, name));
  return Object.entries(value).flatMap(([key, inner]) => textsIn(inner, path === "" ? key : `${path}.${key}`, key));
}

/** The paths of a value's keys, with the name of each: a name can say what a value does not. */
export function namesIn(value: unknown, path = ""): FoundText[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, index) => namesIn(item, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === "" ? key : `${path}.${key}`;
    return [{ path: at, name: key, text: key }, ...namesIn(inner, at)];
  });
}

/** Whether a value was given at all, known or not. */
export function isGiven(value: unknown): boolean {
  return value === NOT_KNOWN || (value !== undefined && value !== null);
}
