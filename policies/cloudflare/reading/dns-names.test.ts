import { expect, test } from "vitest";
import { mayAnswerFor, mayDelegate } from "./dns-names.ts";

const HOST = "a.hooks.reri.co";

test.each([
  ...["a.hooks.reri.co", "A.Hooks.RERI.co.", "a", "a.hooks", "a.hooks.reri", "*", "*.hooks.reri.co", "*.reri.co"],
  ...["*.hooks", "*.co", "@", "", "a b", undefined, null, 7],
])("%s may answer for the host", (name) => {
  expect(mayAnswerFor(name, HOST)).toBe(true);
});

test.each([
  ...[
    "hooks.reri.co",
    "reri.co",
    "co",
    "b",
    "a.reri.co",
    "b.a.hooks.reri.co",
    "a.hooks.reri.co.uk",
    "aa.hooks.reri.co",
  ],
  ...["*.a.hooks.reri.co", "*.b.reri.co", "*.a", "a.*.reri.co"],
])("%s may not answer for the host", (name) => {
  expect(mayAnswerFor(name, HOST)).toBe(false);
});

test.each([
  ["a.hooks.reri.co", true],
  ["hooks.reri.co", true],
  ["hooks", true],
  ["reri.co", true],
  ["b.reri.co", false],
  ["b.a.hooks.reri.co", false],
])("name servers at %s may answer for the host: %s", (name, expected) => {
  expect(mayDelegate(name, HOST)).toBe(expected);
});
