import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { describe, expect, test } from "vitest";
import { bridgedDiff, detailedDiff } from "./diff.ts";
import { type Properties, UNKNOWN } from "./properties.ts";
import { kindsOf } from "./test-client.ts";

const Kind = proto.PropertyDiff.Kind;
const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;

function read(before: Properties, after: Properties, replaceOn: string[] = []) {
  const response = detailedDiff(before, after, replaceOn);
  return {
    changes: response.getChanges(),
    kinds: kindsOf(response),
    diffs: response.getDiffsList(),
    replaces: response.getReplacesList(),
  };
}

test("without a change the detailed diff is empty", () => {
  expect(read({ a: 1 }, { a: 1 })).toEqual({ changes: DIFF_NONE, kinds: {}, diffs: [], replaces: [] });
  expect(detailedDiff({}, {}, []).getHasdetaileddiff()).toBe(true);
});

test("each change has its kind", () => {
  const found = read({ updated: 1, deleted: 1 }, { updated: 2, added: 1 });
  expect(found.kinds).toEqual({ updated: Kind.UPDATE, deleted: Kind.DELETE, added: Kind.ADD });
  expect(found.changes).toBe(DIFF_SOME);
  expect(found.diffs).toEqual(["added", "deleted", "updated"]);
});

test("a change within a replacing input is of a replacing kind", () => {
  const found = read({ a: { b: [1, 2] }, c: 1 }, { a: { b: [3], d: 1 }, c: 2 }, ["a"]);
  expect(found.kinds).toEqual({
    ...{ "a.b[0]": Kind.UPDATE_REPLACE, "a.b[1]": Kind.DELETE_REPLACE, "a.d": Kind.ADD_REPLACE },
    c: Kind.UPDATE,
  });
  expect(new Set(found.replaces)).toEqual(new Set(["a"]));
});

test("an unknown value is an update, and replaces if a change would", () => {
  expect(read({ a: "x", b: "y" }, { a: UNKNOWN, b: UNKNOWN }, ["b"]).kinds).toEqual({
    ...{ a: Kind.UPDATE, b: Kind.UPDATE_REPLACE },
  });
});

test("a property that the program leaves out is deleted, and a property that it empties is updated", () => {
  expect(read({ a: "live" }, {}).kinds).toEqual({ a: Kind.DELETE });
  expect(read({ a: "live" }, { a: "" }).kinds).toEqual({ a: Kind.UPDATE });
});

describe("a bridged provider", () => {
  test("lists the top-level properties that differ in the plan, sorted, without a detailed diff", () => {
    const state = { version: 1, config: { ingresses: [{ path: "/a" }, { path: "/b" }] }, tunnelId: "t" };
    const planned = { ...state, version: UNKNOWN, config: { ingresses: [{ path: "/c" }] } };
    const answer = bridgedDiff(state, planned, ["tunnelId"]);
    expect(answer.getDiffsList()).toEqual(["config", "version"]);
    expect(answer.getReplacesList()).toEqual([]);
    expect([answer.getHasdetaileddiff(), kindsOf(answer)]).toEqual([false, {}]);
  });

  test("treats null and missing values as equal", () => {
    const answer = bridgedDiff({ a: null, c: { d: null } }, { c: {} }, []);
    expect(answer.getChanges()).toBe(DIFF_NONE);
  });

  test("does not treat an empty object or text as missing", () => {
    expect(bridgedDiff({ a: {}, b: "" }, {}, []).getDiffsList()).toEqual(["a", "b"]);
  });

  test("lists the properties that replace", () => {
    const answer = bridgedDiff({ a: 1, b: 1 }, { a: 2, b: 2 }, ["b"]);
    expect([answer.getDiffsList(), answer.getReplacesList()]).toEqual([["a", "b"], ["b"]]);
  });
});
