/**
 * Requests, and the rule that cloudflared 2026.8.2 gives each, restated. A source is a place in https://github.com/cloudflare/cloudflared/tree/2026.8.2;
 * `measured` means that its `ingress` package was asked.
 */

/** A request, and the index of the rule that takes it. */
export interface RequestCase {
  readonly what: string;
  readonly source: string;
  readonly rules: readonly { readonly hostname?: string; readonly path?: string }[];
  readonly host: string;
  /** As in the request line. */
  readonly path?: string;
  readonly takes: number;
}

const FIND = "ingress/ingress_test.go, TestFindMatchingRule";
const MATCHES = "ingress/rule_test.go, Test_rule_matches";
const MEASURED = "measured";
const SHARED = [{ hostname: "a.example" }, { hostname: "b.example", path: "/health" }, { hostname: "*" }];
const oneHost = (hostname: string, path?: string) => [{ hostname, ...(path !== undefined && { path }) }, {}];

/** Requests. */
export const REQUEST_CASES: readonly RequestCase[] = [
  { what: "the root of a host", source: FIND, rules: SHARED, host: "a.example", takes: 0 },
  { what: "any path of a host", source: FIND, rules: SHARED, host: "a.example", path: "/x/y", takes: 0 },
  { what: "a port in the request", source: FIND, rules: SHARED, host: "a.example:443", path: "/x/y", takes: 0 },
  { what: "a host and its path", source: FIND, rules: SHARED, host: "b.example", path: "/health", takes: 1 },
  { what: "a host and another path", source: FIND, rules: SHARED, host: "b.example", path: "/index.html", takes: 2 },
  { what: "another host", source: FIND, rules: SHARED, host: "c.example", takes: 2 },
  { what: "a wildcard, one label", source: MATCHES, rules: oneHost("*.b.example"), host: "a.b.example", takes: 0 },
  { what: "a wildcard, two labels", source: MATCHES, rules: oneHost("*.b.example"), host: "c.a.b.example", takes: 0 },
  {
    what: "a wildcard and the bare name",
    source: MEASURED,
    rules: oneHost("*.b.example"),
    host: "b.example",
    takes: 1,
  },
  { what: "a wildcard without its dot", source: MATCHES, rules: oneHost("*.b.example"), host: "a-b.example", takes: 1 },
  { what: "a star before a name", source: MATCHES, rules: oneHost("*b.example"), host: "a.b.example", takes: 1 },
  {
    what: "a wildcard and a path",
    source: MATCHES,
    rules: oneHost("*.b.example", "/s/.*\\.css"),
    host: "a.b.example",
    path: "/s/a.css",
    takes: 0,
  },
  {
    what: "Unicode asked for in Punycode",
    source: MATCHES,
    rules: oneHost("münchen.example"),
    host: "xn--mnchen-3ya.example",
    takes: 0,
  },
  {
    what: "Unicode asked for in Unicode",
    source: MATCHES,
    rules: oneHost("münchen.example"),
    host: "münchen.example",
    takes: 0,
  },
  {
    what: "capitals asked for in lower case",
    source: MEASURED,
    rules: oneHost("A.Example"),
    host: "a.example",
    takes: 0,
  },
  {
    what: "lower case asked for in capitals",
    source: MEASURED,
    rules: oneHost("a.example"),
    host: "A.example",
    takes: 1,
  },
  {
    what: "a wildcard in Unicode",
    source: MEASURED,
    rules: oneHost("*.münchen.example"),
    host: "a.xn--mnchen-3ya.example",
    takes: 1,
  },
  { what: "a name of full-width digits", source: MEASURED, rules: oneHost("１２"), host: "12", takes: 0 },
  { what: "a name that is no IDNA", source: MEASURED, rules: oneHost("127.א"), host: "127.xn--4db", takes: 1 },
  { what: "a hyphen at a label's end", source: MEASURED, rules: oneHost("é-"), host: "xn----9fa", takes: 1 },
  {
    what: "an unanchored path",
    source: MEASURED,
    rules: oneHost("*", "/voice"),
    host: "a",
    path: "/openphone/voices",
    takes: 0,
  },
  { what: "an encoded path", source: MEASURED, rules: oneHost("*", "^/voice$"), host: "a", path: "/%76oice", takes: 0 },
  { what: "an encoded slash", source: MEASURED, rules: oneHost("*", "^/a/b$"), host: "a", path: "/a%2Fb", takes: 0 },
  {
    what: "a byte that is not UTF-8",
    source: MEASURED,
    rules: oneHost("*", "^/.$"),
    host: "a",
    path: "/%FF",
    takes: 0,
  },
  {
    what: "a line break after the end",
    source: MEASURED,
    rules: oneHost("*", "^/voice$"),
    host: "a",
    path: "/voice%0A",
    takes: 1,
  },
  {
    what: "no rule that matches",
    source: "ingress/ingress.go, FindMatchingRule",
    rules: [{ hostname: "a.example" }, { hostname: "b.example" }],
    host: "c.example",
    takes: 1,
  },
];
