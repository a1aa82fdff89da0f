/** Wrong values, made from right ones. */
import { isMap } from "../../../hub/values/maps.ts";
import { answerType, nameOf, type Recorded } from "./judge.ts";

/** A wrong value, with the name of what is wrong. */
export interface Mutant extends Recorded {
  readonly mutation: string;
}

type Path = readonly (string | number)[];

/** Every mutant of a value: each member renamed, of another type, with another text; each object with one more member; the other status. */
export function mutantsOf(right: Recorded): Mutant[] {
  const changed = (mutation: string, value: unknown): Mutant => ({ ...right, mutation, value });
  const members = changes(right.value, []).map(({ what, path, value }) => changed(`${what} ${nameOf(path)}`, value));
  if (right.side === "request") return members;
  const otherStatus = right.type === "Refusal" ? 200 : 404;
  return [...members, { ...right, mutation: `status ${otherStatus}`, type: answerType(right.operation, otherStatus) }];
}

interface Change {
  readonly what: string;
  readonly path: Path;
  readonly value: unknown;
}

function changes(value: unknown, path: Path): Change[] {
  if (Array.isArray(value)) {
    const within = value.flatMap((item: unknown, index) =>
      changes(item, [...path, index]).map((change) => ({ ...change, value: value.with(index, change.value) })),
    );
    return [{ what: "a text for", path, value: "a text" }, ...within];
  }
  if (isMap(value)) {
    const within = Object.entries(value).flatMap(([name, member]) => [
      renamed(value, [...path, name], name),
      ...changes(member, [...path, name]).map((change) => ({ ...change, value: { ...value, [name]: change.value } })),
    ]);
    return [
      { what: "a member more in", path, value: { ...value, made_up: 1 } },
      { what: "a text for", path, value: "a text" },
      ...within,
    ];
  }
  if (typeof value === "string")
    return [
      { what: "a number for", path, value: 7 },
      { what: "another text for", path, value: "made-up" },
    ];
  if (typeof value === "symbol") return [];
  if (value === null) return [{ what: "a number for", path, value: 7 }];
  return [{ what: "a text for", path, value: "a text" }];
}

function renamed(object: Readonly<Record<string, unknown>>, path: Path, name: string): Change {
  const { [name]: member, ...others } = object;
  return { what: "another name for", path, value: { ...others, [`${name}_`]: member } };
}
