import { expect, test } from "vitest";
import { readPath } from "./request-path.ts";

test.each([
  ["/voice", "/voice", "/voice"],
  ["/%76oice%2Fa", "/voice/a", "/%76oice%2Fa"],
  ["/a+b", "/a+b", "/a+b"],
  ["/%FF", "/\xff", "/%FF"],
  ["/\xe9", "/\xe9", "/%E9"],
  ['/a"b(', '/a"b(', "/a%22b%28"],
  ["//a", "//a", "//a"],
])("the path %j is matched as %j and sent on as %j", (path, matched, forwarded) => {
  expect(readPath(path)).toEqual({ bytes: Buffer.from(matched, "latin1"), forwarded });
});

test.each(["/%", "/%4", "/%zz", "/a\x01", "/\x7f"])("the path %j is refused", (path) => {
  expect(readPath(path)).toBeUndefined();
});
