import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { expect, test } from "vitest";
import {
  changedPaths,
  fromStruct,
  markedSecret,
  openedSecrets,
  rawFromStruct,
  toStruct,
  UNKNOWN,
  withoutNulls,
  withoutZeroValues,
} from "./properties.ts";
import { secret } from "./test-client.ts";

const changes = (before: unknown, after: unknown) => Object.fromEntries(changedPaths(before, after));

test("equal values have no changes", () => {
  expect(changes({ a: [{ b: 1 }] }, { a: [{ b: 1 }] })).toEqual({});
});

test("a change within a list has the path of the changed property", () => {
  const config = (path: string) => ({ config: { ingresses: [{ path, service: "s" }, { service: "t" }] } });
  expect(changes(config("/a"), config("/b"))).toEqual({ "config.ingresses[0].path": "update" });
});

test("a property of only one of the two values is added or deleted", () => {
  expect(changes({ a: 1, list: ["x"] }, { b: 2, list: ["x", "y"] })).toEqual({
    ...{ a: "delete", b: "add", "list[1]": "add" },
  });
  expect(changes({ list: ["x", "y"] }, { list: ["x"] })).toEqual({ "list[1]": "delete" });
});

test("a value of another kind is updated as a whole", () => {
  expect(changes({ a: ["x"] }, { a: { 0: "x" } })).toEqual({ a: "update" });
  expect(changes({ a: "x" }, { a: ["x"] })).toEqual({ a: "update" });
});

test("an unknown value differs from every value", () => {
  expect(changes({ a: "x" }, { a: UNKNOWN })).toEqual({ a: "update" });
});

test("secrets are unwrapped at any depth", () => {
  const struct = structs.Struct.fromJavaScript(
    JSON.parse(JSON.stringify({ a: secret("x"), b: { c: [secret({ d: secret(1) })] } })),
  );
  expect(fromStruct(struct)).toEqual({ a: "x", b: { c: [{ d: 1 }] } });
});

test("an unset field is an empty bag", () => {
  expect(fromStruct(undefined)).toEqual({});
});

test("null and undefined are left out; false, 0, empty texts, lists and objects stay", () => {
  const bag = { a: null, b: undefined, c: { d: null }, e: false, f: 0, g: "", h: [], i: [{ j: null, k: 1 }] };
  const left = { c: {}, e: false, f: 0, g: "", h: [], i: [{ k: 1 }] };
  expect(withoutNulls(bag)).toEqual(left);
});

test("a bag survives the protocol, except for undefined values", () => {
  const bag = { a: null, b: undefined, c: {}, d: [], e: "" };
  expect(fromStruct(toStruct(bag))).toEqual({ a: null, c: {}, d: [], e: "" });
});

test("a raw secret keeps its mark", () => {
  const marked = { a: markedSecret("x") };
  expect(rawFromStruct(toStruct(marked))).toEqual(marked);
  expect(openedSecrets(marked)).toEqual({ a: "x" });
});

test("an import leaves out zero values at any depth", () => {
  const bag = { a: "", b: false, c: 0, d: null, e: [], f: { g: {} }, h: [{ i: "", j: "x" }], k: true };
  expect(withoutZeroValues(bag)).toEqual({ h: [{ j: "x" }], k: true });
});
