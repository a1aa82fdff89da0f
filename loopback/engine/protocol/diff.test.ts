import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { expect, test } from "vitest";
import { diff } from "./diff.ts";
import type { Properties } from "./properties.ts";
import { UNKNOWN } from "./properties.ts";
import { kindsOf } from "./test-client.ts";

const Kind = proto.PropertyDiff.Kind;
const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;

function read(before: Properties, after: Properties, replaceOn: string[] = [], computed: string[] = []) {
  const response = diff(before, after, replaceOn, computed);
  return {
    changes: response.getChanges(),
    kinds: kindsOf(response),
    diffs: response.getDiffsList(),
    replaces: response.getReplacesList(),
  };
}

test("no change is said to be none, in detail", () => {
  expect(read({ a: 1 }, { a: 1 })).toEqual({ changes: DIFF_NONE, kinds: {}, diffs: [], replaces: [] });
  expect(diff({}, {}, [], []).getHasdetaileddiff()).toBe(true);
});

test("each change has its kind", () => {
  const found = read({ updated: 1, deleted: 1 }, { updated: 2, added: 1 });
  expect(found.kinds).toEqual({ updated: Kind.UPDATE, deleted: Kind.DELETE, added: Kind.ADD });
  expect(found.changes).toBe(DIFF_SOME);
  expect(found.diffs.sort()).toEqual(["added", "deleted", "updated"]);
});

test("a change within an input that replaces is a replacing kind", () => {
  const found = read({ a: { b: [1, 2] }, c: 1 }, { a: { b: [3], d: 1 }, c: 2 }, ["a"]);
  expect(found.kinds).toEqual({
    ...{ "a.b[0]": Kind.UPDATE_REPLACE, "a.b[1]": Kind.DELETE_REPLACE, "a.d": Kind.ADD_REPLACE },
    c: Kind.UPDATE,
  });
  expect(new Set(found.replaces)).toEqual(new Set(["a"]));
});

test("what is unknown is an update, and replaces where a change would", () => {
  expect(read({ a: "x", b: "y" }, { a: UNKNOWN, b: UNKNOWN }, ["b"]).kinds).toEqual({
    ...{ a: Kind.UPDATE, b: Kind.UPDATE_REPLACE },
  });
});

test.each([{}, { a: "" }, { a: null }])("a computed input that the program leaves open is no change: %o", (after) => {
  expect(read({ a: "live" }, after, ["a"], ["a"]).changes).toBe(DIFF_NONE);
});

test("a computed input that the program gives is compared", () => {
  expect(read({ a: "live" }, { a: "wanted" }, [], ["a"]).kinds).toEqual({ a: Kind.UPDATE });
  expect(read({ a: true }, { a: false }, [], ["a"]).kinds).toEqual({ a: Kind.UPDATE });
});

test("an input that is not computed is deleted or emptied by the program", () => {
  expect(read({ a: "live" }, {}).kinds).toEqual({ a: Kind.DELETE });
  expect(read({ a: "live" }, { a: "" }).kinds).toEqual({ a: Kind.UPDATE });
});
