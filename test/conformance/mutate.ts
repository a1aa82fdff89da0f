/** Recorded answers with one property changed. */

import type { Leaf } from "./compare.ts";
import type { Answer } from "./stand-in-client.ts";

/** Returns two answers: one with another value in a property, and one without the property. */
export function mutated(answer: Answer, { path }: Leaf): Answer[] {
  return [edited(answer, path, otherThan), edited(answer, path, () => undefined)];
}

function edited(answer: Answer, path: Leaf["path"], edit: (value: unknown) => unknown): Answer {
  const copy = structuredClone(answer);
  const last = path.at(-1) ?? "";
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => childOf(value, key), copy);
  if (typeof parent !== "object" || parent === null) throw new Error(`there is no ${path.join(".")}`);
  Reflect.set(parent, last, edit(Reflect.get(parent, last)));
  return copy;
}

function childOf(value: unknown, key: string | number): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function otherThan(value: unknown): unknown {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value + 1;
  return typeof value === "string" ? `${value}.` : "another";
}
