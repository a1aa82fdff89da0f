import { expect, test } from "vitest";
import { readAddress } from "./service-address.ts";

test.each([
  ["http://localhost:18790", { user: "", port: "18790", path: "" }],
  ["http://u:p@localhost/a?b", { user: "u:p@", port: "", path: "/a" }],
  ["http://localhost#/a", { user: "", port: "", path: "" }],
  ["tcp://a:1,b:2", { user: "", port: "2", path: "" }],
  ["http://[fe80::1%25en0]:80", { user: "", port: "80", path: "" }],
  ["http://m%C3%BCnchen", { user: "", port: "", path: "" }],
])("the address %s is read", (service, expected) => {
  expect(readAddress(service)).toEqual(expected);
});

test.each([
  "localhost:1",
  "http://",
  "http://:1",
  "http://a:b",
  "http://a:1:2",
  "http://a|b",
  "http://%41",
  "http://[1.2.3.4]",
  "http://[::1",
  "http://a#%zz",
])("%s is not an address", (service) => {
  expect(readAddress(service)).toBeUndefined();
});
