/**
 * Ingresses that cloudflared 2026.8.2 takes or refuses, restated. A source is a place in https://github.com/cloudflare/cloudflared/tree/2026.8.2;
 * `measured` means that its `ingress` package was asked.
 */
import type { OriginRequest } from "../../../loopback/cloudflare/origin-request.ts";

interface Rule {
  readonly hostname?: string;
  readonly path?: string;
  readonly service: string;
  readonly originRequest?: OriginRequest;
}

/** An ingress, and whether cloudflared takes it. */
export interface IngressCase {
  readonly what: string;
  readonly source: string;
  readonly ingress: readonly Rule[];
  readonly isAccepted: boolean;
}

const PARSE = "ingress/ingress_test.go, TestParseIngress";
const VALIDATE = "ingress/ingress.go, validateIngress";
const ORIGIN = "https://localhost:9001";
const END = { service: "http_status:404" };

const accepted = (what: string, source: string, ...ingress: Rule[]) => ({ what, source, ingress, isAccepted: true });
const refused = (what: string, source: string, ...ingress: Rule[]) => ({ what, source, ingress, isAccepted: false });
const withHost = (hostname: string): Rule => ({ hostname, service: ORIGIN });
const withService = (service: string): Rule => ({ hostname: "a.example", service });
const withPath = (path: string): Rule => ({ hostname: "a.example", path, service: ORIGIN });
const withSettings = (originRequest: OriginRequest, service = ORIGIN): Rule => ({
  ...withService(service),
  originRequest,
});

/** Ingresses. */
export const INGRESS_CASES: readonly IngressCase[] = [
  accepted("one host, and a star as the last", PARSE, withHost("a.example"), withHost("*")),
  accepted("a last rule without a host", PARSE, { service: ORIGIN }),
  accepted("a host in Unicode", PARSE, withHost("münchen.example"), END),
  accepted("a wildcard for subdomains", VALIDATE, withHost("*.example"), END),
  accepted("a star that no dot follows", VALIDATE, withHost("*a.example"), END),
  accepted("a path without a host", VALIDATE, { path: "/a", service: ORIGIN }, END),
  refused("a last rule with a host", PARSE, withHost("a.example")),
  refused("a last rule with a path", PARSE, { path: "/a/(.*)/b", service: ORIGIN }),
  refused("a first rule that takes everything", PARSE, { service: ORIGIN }, withHost("a.example")),
  refused("a star as the first host", VALIDATE, withHost("*"), END),
  refused("a wildcard inside a host", PARSE, withHost("a.*.example"), END),
  refused("two wildcards", VALIDATE, withHost("*.*.example"), END),
  refused("a host with a port", PARSE, withHost("a.example:443"), END),
  refused("a host with an empty port", VALIDATE, withHost("a.example:"), END),
  refused("an expression that begins with a repeat", PARSE, withPath("*/a"), END),
  ...["(?=a)", "(?<!a)", "(a)\\1", "a++", "a{1001}", "[z-a]", "(", "\\Z"].map((path) =>
    refused(`the expression ${path}`, "ingress/ingress.go, validateIngress, with Go's regexp", withPath(path), END),
  ),
  ...["ws://localhost:1", "wss://localhost:1", "tcp://127.0.0.1", "tcp://localhost:1", "ssh://127.0.0.1"].map(
    (service) => accepted(`the service ${service}`, PARSE, withService(service), END),
  ),
  ...["rdp://127.0.0.1", "smb://127.0.0.1", "ftp://127.0.0.1", "http_status:404", "hello_world", "bastion"].map(
    (service) => accepted(`the service ${service}`, PARSE, withService(service), END),
  ),
  accepted("a socket", "ingress/ingress_test.go, TestParseUnixSocket", withService("unix:/run/a.sock"), END),
  accepted("a socket with TLS", "ingress/ingress_test.go, TestParseUnixSocketTLS", withService("unix+tls:/a"), END),
  ...["hello-world", "socks-proxy", "http_status:100", "http_status:999", "http_status:+0404", "http://a?b=c"].map(
    (service) => accepted(`the service ${service}`, VALIDATE, withService(service), END),
  ),
  ...["https://local host:1", "localhost:1", "https://localhost:1/a/", "http_status:a", "http_status:8080"].map(
    (service) => refused(`the service ${service}`, PARSE, withService(service), END),
  ),
  ...[
    "http://localhost/",
    "http_status:99",
    "http://:1",
    "//localhost",
    "http://a:b",
    "http://[::1",
    "Bastion",
    "",
  ].map((service) => refused(`the service ${service}`, VALIDATE, withService(service), END)),
  accepted(
    "a SOCKS proxy with IP rules",
    PARSE,
    withSettings(
      { ipRules: [{ prefix: "192.0.2.0/24", ports: [80], allow: true }, { prefix: "::/0" }] },
      "socks-proxy",
    ),
    END,
  ),
  ...[{ prefix: "192.0.2.1" }, { prefix: "" }, { prefix: "192.0.2.0/33" }, { prefix: "::/0", ports: [0] }].map((rule) =>
    refused(
      `a SOCKS proxy with the IP rule ${JSON.stringify(rule)}`,
      "ipaccess/access.go, NewRuleByCIDR",
      withSettings({ ipRules: [rule] }, "socks-proxy"),
      END,
    ),
  ),
  accepted("any service in bastion mode", PARSE, withSettings({ bastionMode: true }, "any"), END),
  refused(
    "a status that is not a number, in bastion mode",
    "measured",
    withSettings({ bastionMode: true }, "http_status:a"),
    END,
  ),
  accepted(
    "required access without a team and an audience",
    "ingress/ingress_test.go, TestParseAccessConfig",
    withSettings({ access: { required: true } }),
    END,
  ),
  refused(
    "required access with an audience, without a team",
    "ingress/ingress_test.go, TestParseAccessConfig",
    withSettings({ access: { required: true, audTag: ["a"] } }),
    END,
  ),
];
