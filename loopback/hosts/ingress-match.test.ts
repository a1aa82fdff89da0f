import { expect, test } from "vitest";
import { matchIngress } from "./ingress-match.ts";

const bytes = (path: string) => new TextEncoder().encode(path);

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
  ["webhook.reri.co:443", "/voice", "anchored"],
])("%s%s goes to the rule %s", (hostname, path, service) => {
  expect(matchIngress(RULES, hostname, bytes(path))?.service).toBe(service);
});

test.each([
  ["(?i)^/VOICE$", "/voice", true],
  ["\\A/voice\\z", "/voice", true],
  ["^/(?P<line>voice|sms)$", "/sms", true],
  ["^/voice$", "/voice/", false],
])("a path is read as a Go regular expression: %s on %s is %s", (path, requested, matches) => {
  const rules = [{ path, service: "rule" }, { service: "catch-all" }];
  expect(matchIngress(rules, "any.example", bytes(requested))?.service === "rule").toBe(matches);
});

test.each(["(?=x)", "(?<!x)", "(a)\\1", "["])("the expression %s, which Go cannot parse, is refused", (path) => {
  expect(() => matchIngress([{ path, service: "rule" }], "any.example", bytes("/x"))).toThrow("error parsing regexp");
});
