/** Values as a TypeScript module in which each one `satisfies` a type, with the place of every line. */
import { isMap } from "../../../hub/values/maps.ts";
import { IMPORTS } from "./operations.ts";

/** A value, and the type that it must have. */
export interface Typed {
  readonly type: string;
  readonly value: unknown;
}

/** A value's index, and the path to the member that a line holds. */
export interface Place {
  readonly index: number;
  readonly path: readonly (string | number)[];
}

/** A member that the types demand and the value lacks. It is written so that the rest is checked. */
export const MISSING = Symbol("a missing member");

/** The module. Each member stands on a line of its own, so the compiler's line says which one it means. */
export function moduleText(values: readonly Typed[]): {
  readonly text: string;
  readonly places: ReadonlyMap<number, Place>;
} {
  const lines = IMPORTS.split("\n");
  const places = new Map<number, Place>();
  for (const [index, { type, value }] of values.entries()) {
    const write = (text: string, path: Place["path"]) => {
      places.set(lines.length, { index, path });
      lines.push(text);
    };
    write(`export const value${index} =`, []);
    writeValue(value, [], "", write);
    // A line end before the operator would end the statement.
    lines.push(`${lines.pop() ?? ""} satisfies ${type};`);
  }
  return { text: lines.join("\n"), places };
}

type Write = (text: string, path: Place["path"]) => void;

function writeValue(value: unknown, path: Place["path"], name: string, write: Write): void {
  if (Array.isArray(value)) {
    write(`${name}[`, path);
    for (const [index, item] of value.entries()) writeMember(item, [...path, index], "", write);
    write("]", path);
  } else if (isMap(value)) {
    write(`${name}{`, path);
    for (const [key, member] of Object.entries(value)) {
      writeMember(member, [...path, key], `${JSON.stringify(key)}: `, write);
    }
    write("}", path);
  } else {
    write(`${name}${value === MISSING ? "undefined as never" : JSON.stringify(value)}`, path);
  }
}

function writeMember(value: unknown, path: Place["path"], name: string, write: Write): void {
  writeValue(value, path, name, write);
  write(",", path);
}
