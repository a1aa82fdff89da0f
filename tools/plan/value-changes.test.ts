import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { identitiesOf } from "./rule-identity.ts";
import { isBag, pathText, type Segment, type ValueChange, valueChanges } from "./value-changes.ts";
import { SECRET } from "./value-marks.ts";

const CATCH_ALL = { service: "http_status:404" };
const rule = (path: string, service = "http://127.0.0.1:18797") => ({ hostname: "webhook.reri.co", path, service });

/** Any JSON value. */
const anyValue = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
const anyRule = fc.record(
  {
    hostname: fc.constantFrom("a", "b"),
    path: fc.constantFrom("^/x$", "^/y$", "^/z$"),
    service: fc.constantFrom("s", "t"),
    originRequest: fc.record({ noTlsVerify: fc.boolean() }, { requiredKeys: [] }),
  },
  { requiredKeys: ["service"] },
);
const anyIngress = fc.record({ ingresses: fc.array(anyRule, { maxLength: 8 }), other: fc.integer() });

/** Applies the changes to the value before. It shares no code with `valueChanges`. */
function apply(before: unknown, changes: readonly ValueChange[]): unknown {
  const whole = changes.find(({ path }) => path.length === 0);
  if (whole !== undefined) return whole.after;
  if (Array.isArray(before)) {
    const names = identitiesOf(before);
    const isNamed = changes.some(({ path: [first] }) => first !== undefined && !("index" in first));
    return names !== undefined && isNamed ? applyByName(before, names, changes) : applyByPlace(before, changes);
  }
  if (!isBag(before)) return before;
  const members = new Map<string, unknown>(Object.entries(before));
  for (const key of keysOf(changes, "key")) set(members, key, apply(members.get(key), inside(changes, { key })));
  return Object.fromEntries(members);
}

function applyByPlace(before: readonly unknown[], changes: readonly ValueChange[]): unknown[] {
  const items = new Map<number, unknown>(before.entries());
  for (const index of keysOf(changes, "index")) set(items, index, apply(items.get(index), inside(changes, { index })));
  return [...items.entries()].toSorted(([a], [b]) => a - b).map(([, item]) => item);
}

function applyByName(list: readonly unknown[], names: readonly string[], changes: readonly ValueChange[]): unknown[] {
  const items = new Map<string, unknown>(names.map((name, index) => [name, list[index]]));
  const places = new Map(
    changes.flatMap(({ path: [first], position }) => (first && position ? [[JSON.stringify(first), position]] : [])),
  );
  for (const item of keysOf(changes, "item")) {
    if (!places.has(JSON.stringify({ item }))) set(items, item, apply(items.get(item), inside(changes, { item })));
  }
  const order = changes.find(({ path: [first] }) => first !== undefined && "order" in first);
  const [moved, moves] = [listOf(order?.before), listOf(order?.after)];
  const kept = [...items.keys()].map((name) => (moved.includes(name) ? moves[moved.indexOf(name)] : name));
  const result = kept.map((name) => items.get(String(name)));
  for (const { path, after, position } of changes)
    if (path.length === 1 && position) result.splice(position - 1, 0, after);
  return result;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function set<Key>(values: Map<Key, unknown>, key: Key, value: unknown): void {
  if (value === undefined) values.delete(key);
  else values.set(key, value);
}

function inside(changes: readonly ValueChange[], segment: Segment): ValueChange[] {
  const isHere = (first: Segment | undefined) => JSON.stringify(first) === JSON.stringify(segment);
  return changes
    .filter(({ path: [first] }) => isHere(first))
    .map((change) => ({ ...change, path: change.path.slice(1) }));
}

function keysOf(changes: readonly ValueChange[], kind: "key" | "item"): string[];
function keysOf(changes: readonly ValueChange[], kind: "index"): number[];
function keysOf(changes: readonly ValueChange[], kind: string): unknown[] {
  const found = changes.flatMap(({ path: [first] }) => (first && kind in first ? [Reflect.get(first, kind)] : []));
  return [...new Set(found)];
}

test("the changes applied to the value before give the value after", () => {
  fc.assert(
    fc.property(fc.oneof(fc.tuple(anyValue, anyValue), fc.tuple(anyIngress, anyIngress)), ([before, after]) => {
      expect(apply(before, valueChanges(before, after))).toEqual(after);
    }),
  );
});

test("there is no change if and only if the values are equal", () => {
  fc.assert(
    fc.property(anyValue, anyValue, (before, after) => {
      expect(valueChanges(before, after).length === 0).toBe(isDeepStrictEqual(before, after));
      expect(valueChanges(before, structuredClone(before))).toEqual([]);
    }),
  );
});

const shown = (before: unknown, after: unknown) =>
  valueChanges({ list: before }, { list: after }).map(({ path, ...change }) => ({ path: pathText(path), ...change }));

test("a rule added in front is one change, with its position", () => {
  const rules = [rule("^/voice$"), rule("^/sms$"), CATCH_ALL];
  expect(shown(rules, [rule("^/first$"), ...rules])).toEqual([
    { path: "list[webhook.reri.co ^/first$]", before: undefined, after: rule("^/first$"), position: 1 },
  ]);
});

test("a changed service is named by its rule, and the catch-all rule by its own name", () => {
  expect(shown([rule("^/voice$", "a"), { service: "b" }], [rule("^/voice$", "c"), { service: "d" }])).toEqual([
    { path: "list[webhook.reri.co ^/voice$].service", before: "a", after: "c" },
    { path: "list[catch-all].service", before: "b", after: "d" },
  ]);
});

test("rules in another order are one change, which names the moved rules", () => {
  const [a, b, c, d] = [rule("^/a"), rule("^/b"), rule("^/c"), rule("^/d")];
  expect(shown([a, b, c, d], [a, c, b, d])).toEqual([
    {
      path: "list (order)",
      before: ["webhook.reri.co ^/b", "webhook.reri.co ^/c"],
      after: ["webhook.reri.co ^/c", "webhook.reri.co ^/b"],
    },
  ]);
});

test("a second rule for the same requests has an identity of its own", () => {
  expect(shown([rule("^/a", "one")], [rule("^/a", "one"), rule("^/a", "two")])).toEqual([
    { path: "list[webhook.reri.co ^/a #2]", before: undefined, after: rule("^/a", "two"), position: 2 },
  ]);
});

test("items without an identity are matched by their index", () => {
  expect(shown(["a", "b"], ["a", "c", "d"])).toEqual([
    { path: "list[1]", before: "b", after: "c" },
    { path: "list[2]", before: undefined, after: "d" },
  ]);
});

test("a value that replaces a secret, or is replaced by one, is hidden too", () => {
  expect(shown("AC0", SECRET)).toEqual([{ path: "list", before: SECRET, after: SECRET }]);
  expect(shown(SECRET, "AC0")).toEqual([{ path: "list", before: SECRET, after: SECRET }]);
  expect(shown(undefined, SECRET)).toEqual([{ path: "list", before: undefined, after: SECRET }]);
  expect(shown(SECRET, SECRET)).toEqual([]);
});
