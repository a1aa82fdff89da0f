import { DNS_RECORD_TYPE, FILTER_TYPES, TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const TUNNEL = "6ff42ae2-765d-4adf-8112-31c55c1551ef.cfargotunnel.com";
const REDIRECT = "http_request_dynamic_redirect";
const ELSEWHERE = 'http.host eq "forms.reri.co"';

const ruleset = (phase: unknown, rules: unknown) => [resource(FILTER_TYPES.ruleset, { phase, rules })];
const list = (kind: unknown) => [resource("cloudflare:index/list:List", { kind })];
const item = (props: Readonly<Record<string, unknown>>) => [resource("cloudflare:index/listItem:ListItem", props)];
/** The stack's own record, with some of its properties replaced. */
const record = (props: Readonly<Record<string, unknown>>, type: string = DNS_RECORD_TYPE) => [
  resource(type, { name: "webhook.reri.co", type: "CNAME", content: TUNNEL, proxied: true, ...props }),
];
const address = (name: unknown) => record({ name, type: "A", content: "192.0.2.1" });

/** The cases of the policy webhook-host-unmoved. */
export const cases: readonly PolicyCase[] = [
  ...["http_request_firewall_custom", "http_request_firewall_managed", "http_ratelimit"].map((phase) => ({
    name: `${phase} only filters`,
    resources: ruleset(phase, [{ expression: "true", action: "block" }]),
    violates: undefined,
  })),
  ...[
    ...[REDIRECT, "http_request_redirect", "http_request_origin", "http_request_transform", "http_custom_errors"],
    ...["http_response_headers_transform", "http_request_cache_settings", "a_new_phase"],
  ].map((phase) => ({
    name: `${phase} may move the host`,
    resources: ruleset(phase, [{ expression: 'http.host eq "webhook.reri.co"', action: "redirect" }]),
    violates: new RegExp(
      `^subject\\.rules\\[0\\]\\.expression: found ".*" in the phase "${phase}", .* may match Twilio's requests to webhook\\.reri\\.co/.*begin it .*docs/domain\\.md#webhook-tunnel-cluster\\)$`,
    ),
  })),
  {
    name: "a ruleset without a phase may move the host",
    resources: ruleset(undefined, [{ expression: "true" }]),
    violates: /found "true" in the phase none/,
  },
  {
    name: "an unknown phase is refused, even if its rules are limited to another host",
    resources: ruleset(UNKNOWN, [{ expression: ELSEWHERE }]),
    violates: /^subject\.phase: its value is not known in the preview/,
  },
  ...[ELSEWHERE, `${ELSEWHERE} and ssl`, 'http.request.uri.path eq "/docusign"'].map((expression) => ({
    name: `passes: ${expression}`,
    resources: ruleset(REDIRECT, [{ expression }]),
    violates: undefined,
  })),
  ...[
    ...["true", "", "http.host eq", 'http.host contains "reri"', 'http.host wildcard "*.reri.co"'],
    ...['starts_with(http.request.uri.path, "/sms")', `${ELSEWHERE} or ssl`, `not ${ELSEWHERE}`],
  ].map((expression) => ({
    name: `refused: ${expression}`,
    resources: ruleset(REDIRECT, [{ expression: ELSEWHERE }, { expression }]),
    violates: /^subject\.rules\[1\]\.expression: found/,
  })),
  ...[{ expression: UNKNOWN }, {}, UNKNOWN, "true"].map((rule, index) => ({
    name: `a rule that cannot be read is refused (${index})`,
    resources: ruleset(REDIRECT, [rule]),
    violates: /^subject\.rules\[0\]\.expression: (its value is not known|found none)/,
  })),
  { name: "unknown rules are refused", resources: ruleset(REDIRECT, UNKNOWN), violates: /^subject\.rules: its value/ },
  { name: "a ruleset without rules moves nothing", resources: ruleset(REDIRECT, undefined), violates: undefined },
  {
    name: "a disabled rule moves nothing",
    resources: ruleset(REDIRECT, [{ expression: "true", enabled: false }]),
    violates: undefined,
  },
  {
    name: "a rule that may be disabled is read",
    resources: ruleset(REDIRECT, [{ expression: "true", enabled: UNKNOWN }]),
    violates: /rules\[0\]/,
  },
  ...["ip", "asn", "hostname"].map((kind) => ({
    name: `a list of kind ${kind} passes`,
    resources: list(kind),
    violates: undefined,
  })),
  { name: "a list of redirects is refused", resources: list("redirect"), violates: /^subject\.kind: found "redirect"/ },
  { name: "a list of unknown kind is refused", resources: list(UNKNOWN), violates: /^subject\.kind: its value is not/ },
  { name: "a list without a kind is refused", resources: list(undefined), violates: /^subject\.kind: found none/ },
  { name: "a list's address passes", resources: item({ ip: "192.0.2.1" }), violates: undefined },
  {
    name: "a list's redirect is refused",
    resources: item({
      redirect: { sourceUrl: "webhook.reri.co/sms", targetUrl: "https://example.com/?secret=hunter2" },
    }),
    violates:
      /^subject\.redirect: found sourceUrl "webhook\.reri\.co\/sms", targetUrl "https:\/\/example\.com\/…", which.*remove the item/,
  },
  {
    name: "a list item that may be a redirect is refused",
    resources: item({ redirect: UNKNOWN }),
    violates: /^subject\.redirect: its value is not known/,
  },
  { name: "the stack's own record passes", resources: record({ ttl: 1 }), violates: undefined },
  { name: "the tunnel under a wildcard passes", resources: record({ name: "*.reri.co" }), violates: undefined },
  { name: "the tunnel under an unknown name passes", resources: record({ name: UNKNOWN }), violates: undefined },
  ...["forms.reri.co", "reri.co", "webhook.example.com", "*.forms.reri.co", "*.webhook.reri.co", "forms"].map(
    (name) => ({ name: `an address of ${name} passes`, resources: address(name), violates: undefined }),
  ),
  ...[
    ...["webhook.reri.co", "WEBHOOK.Reri.Co.", "webhook", "webhook.reri", "ｗebhook.reri.co"],
    ...["*.reri.co", "*.co", "*", "*.reri", "@", "not a name", UNKNOWN, undefined],
  ].map((name) => ({
    name: `an address of ${String(name)} is refused`,
    resources: address(name),
    violates: /^subject\.type: found "A", and the record may answer for webhook\.reri\.co \(name: .*set "CNAME"/,
  })),
  ...["A", "AAAA", "TXT", "HTTPS", "SVCB", "NS", UNKNOWN, undefined].map((type) => ({
    name: `a record of type ${String(type)} is refused`,
    resources: record({ type }),
    violates: /^subject\.type: .*set "CNAME"/,
  })),
  ...["example.com", "6ff42ae2-765d-4adf-8112-31c55c1551ee.cfargotunnel.com", UNKNOWN, undefined].map((content) => ({
    name: `a CNAME to ${String(content)} is refused`,
    resources: record({ content }),
    violates: new RegExp(`^subject\\.content: .*set "${TUNNEL}"`),
  })),
  ...[false, undefined, UNKNOWN].map((proxied) => ({
    name: `a CNAME that is proxied: ${String(proxied)} is refused`,
    resources: record({ proxied }),
    violates: /^subject\.proxied: .*set true/,
  })),
  ...["NS", UNKNOWN].map((type) => ({
    name: `a record that may delegate reri.co to other name servers (${String(type)}) is refused`,
    resources: record({ name: "reri.co", type, content: "ns.example.com" }),
    violates: /^subject\.type: /,
  })),
  {
    name: "name servers of another host pass",
    resources: record({ name: "forms.reri.co", type: "NS", content: "ns.example.com" }),
    violates: undefined,
  },
  {
    name: "a record of the older type is read",
    resources: record({ content: "example.com" }, "cloudflare:index/record:Record"),
    violates: /^subject\.content: /,
  },
  {
    name: "the tunnel and the host are those of the config",
    resources: record({ name: "hooks.example.org" }),
    config: {
      "cloudflare.tunnelId": "11111111-765d-4adf-8112-31c55c1551ef",
      "hosts.canonical.url": "https://hooks.example.org",
    },
    violates: /^subject\.content: .*hooks\.example\.org.*set "11111111-/,
  },
  {
    name: "other types pass",
    resources: [
      resource(TUNNEL_CONFIG_TYPE, { phase: UNKNOWN, kind: "redirect", name: "webhook.reri.co", redirect: {} }),
    ],
    violates: undefined,
  },
];
