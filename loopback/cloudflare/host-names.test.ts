import { expect, test } from "vitest";
import { dnsName, withoutPort } from "./host-names.ts";

test.each([
  ["a.example:443", "a.example"],
  ["a.example:", "a.example"],
  ["[::1]:80", "::1"],
  ["a.example", undefined],
  ["::1", undefined],
  ["[::1]", undefined],
])("the host %s without its port is %s", (host, expected) => {
  expect(withoutPort(host)).toBe(expected);
});

test.each([
  ["A.Example", "a.example"],
  ["münchen.example", "xn--mnchen-3ya.example"],
  ["faß.example", "xn--fa-hia.example"],
  ["１２.example", "12.example"],
  ["127.1", "127.1"],
  ["*.a.example", undefined],
  ["a_b.example", undefined],
  ["-a.example", undefined],
  ["ab--c.example", undefined],
  ["é-.example", undefined],
  ["127.א", undefined],
  ["", undefined],
])("the name of %s in the DNS is %s", (hostname, expected) => {
  expect(dnsName(hostname)).toBe(expected);
});
