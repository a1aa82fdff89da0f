import { expect, test } from "vitest";
import { goRegExp } from "./go-regexp.ts";
import { matchIngress } from "./ingress-match.ts";

const RULES = [
  { hostname: "webhook.reri.co", path: "^/voice$", service: "anchored" },
  { hostname: "webhook.reri.co", path: "/openphone/", service: "unanchored" },
  { hostname: "webhook.reri.co", path: "", service: "whole host" },
  { hostname: "*.example.com", service: "wildcard" },
  { service: "catch-all" },
];

test.each([
  ["webhook.reri.co", "/voice", "anchored"],
  ["webhook.reri.co", "/voice/status", "whole host"],
  ["webhook.reri.co", "/a/openphone/b", "unanchored"],
  ["a.b.example.com", "/voice", "wildcard"],
  ["example.com", "/voice", "catch-all"],
  ["other.reri.co", "/voice", "catch-all"],
])("%s%s goes to the rule %s", (hostname, path, service) => {
  expect(matchIngress(RULES, hostname, path)?.service).toBe(service);
});

test.each(["(?=x)", "(?<!x)", "(a)\\1", "\\u0041", "[]", "[^]", "\\Ax", "(?i)x", "(?P<n>x)", "\\Qx\\E", "["])(
  "the expression %s is refused, not reinterpreted",
  (source) => {
    expect(() => goRegExp(source)).toThrow();
  },
);

test.each(["^/voice$", "/openphone/", "\\.(jpg|png|css|js)$", "^/(?:a|b)[0-9]{2,}\\d+\\b", "(?<name>x)"])(
  "the expression %s is taken",
  (source) => {
    expect(goRegExp(source)).toBeInstanceOf(RegExp);
  },
);
