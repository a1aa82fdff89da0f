import { DNS_RECORD_TYPE, FILTER_TYPES } from "../../hub/guards/resource-types.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { HARMFUL, HARMLESS } from "../testing/expressions.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const ruleset = (expression: unknown, rest: Readonly<Record<string, unknown>> = { action: "block" }) => [
  resource(FILTER_TYPES.ruleset, { phase: "http_request_firewall_custom", rules: [{ expression, ...rest }] }),
];

const BYPASS = { decision: "bypass", includes: [{ everyone: {} }] };
const access = (policies: unknown) => [
  resource(FILTER_TYPES.accessApplication, { domain: "webhook.reri.co", policies }),
];

/** The cases of the policy no-ip-filter-on-twilio. */
export const cases: readonly PolicyCase[] = [
  ...HARMLESS.map((expression) => ({
    name: `passes: ${expression}`,
    resources: ruleset(expression),
    violates: undefined,
  })),
  ...HARMFUL.map((expression) => ({
    name: `refused: ${expression}`,
    resources: ruleset(expression),
    violates: /rules\[0\]\.expression: .* filters by address/,
  })),
  {
    name: "refused: a path that no mount of the funnel covers",
    resources: ruleset('http.request.uri.path eq "/sms/webhook" and not ip.src in $x'),
    config: { "hosts.funnel.mounts": ["/voice"], "hosts.funnel.registerFallback": false },
    violates: /filters by address/,
  },
  ...[
    { characteristics: ["cf.colo.id", "ip.src"] },
    { characteristics: ["cf.unique_visitor_id"], countingExpression: "ip.src ne 192.0.2.1" },
    { characteristics: ['http.request.headers["x-forwarded-for"]'], period: 10 },
    { characteristics: ["cf.colo.id", UNKNOWN] },
    { characteristics: UNKNOWN },
    { countingExpression: UNKNOWN },
    UNKNOWN,
    "by address",
  ].map((ratelimit, index) => ({
    name: `a rate limit by address, or one that cannot be read, is refused (${index})`,
    resources: ruleset('http.host eq "webhook.reri.co"', { action: "block", ratelimit }),
    violates: /rules\[0\]\.expression: .* filters by address/,
  })),
  ...[
    { characteristics: ["cf.colo.id", 'http.request.headers["x-twilio-signature"]'], countingExpression: "" },
    { characteristics: null },
    null,
  ].map((ratelimit, index) => ({
    name: `a rate limit by something else passes (${index})`,
    resources: ruleset("true", { action: "block", ratelimit }),
    violates: undefined,
  })),
  {
    name: "a rate limit by address that is limited to other paths passes",
    resources: ruleset('starts_with(http.request.uri.path, "/docusign/")', {
      action: "block",
      ratelimit: { characteristics: ["ip.src"] },
    }),
    violates: undefined,
  },
  {
    name: "a value that an expression compares with a header is not shown",
    resources: ruleset(
      'http.request.headers["key"][0] ne "hunter2" and http.host eq "webhook.reri.co" and ip.src in $x',
    ),
    violates: /^(?!.*hunter2).*eq \\"webhook\.reri\.co\\"/,
  },
  { name: "an unknown expression is refused", resources: ruleset(UNKNOWN), violates: /cannot be read/ },
  {
    name: "unknown rules are refused",
    resources: [resource(FILTER_TYPES.ruleset, { rules: UNKNOWN })],
    violates: /rules: cannot be read/,
  },
  {
    name: "a rule that only logs passes",
    resources: ruleset("ip.src eq 192.0.2.1", { action: "log" }),
    violates: undefined,
  },
  {
    name: "a disabled rule passes",
    resources: ruleset("ip.src eq 192.0.2.1", { action: "block", enabled: false }),
    violates: undefined,
  },
  {
    name: "an action that Cloudflare does not document counts as a filter",
    resources: ruleset("ip.src eq 192.0.2.1", { action: "new" }),
    violates: /filters by address/,
  },
  {
    name: "an action that a preview does not know counts as a filter",
    resources: ruleset("ip.src eq 192.0.2.1", { action: UNKNOWN }),
    violates: /filters by address/,
  },
  { name: "a ruleset without rules passes", resources: [resource(FILTER_TYPES.ruleset, {})], violates: undefined },
  {
    name: "a filter is read",
    resources: [resource(FILTER_TYPES.filter, { expression: "ip.src ne 192.0.2.1" })],
    violates: /subject\.expression: /,
  },
  {
    name: "a firewall rule is read",
    resources: [
      resource(FILTER_TYPES.firewallRule, { action: "block", filter: { expression: "ip.src ne 192.0.2.1" } }),
    ],
    violates: /filter\.expression: .* by address/,
  },
  {
    name: "a firewall rule without its expression is refused",
    resources: [resource(FILTER_TYPES.firewallRule, { action: "block", filter: { id: "x" } })],
    violates: /cannot be read/,
  },
  {
    name: "a firewall rule that allows passes",
    resources: [resource(FILTER_TYPES.firewallRule, { action: "allow" })],
    violates: undefined,
  },
  ...[{ action: { mode: "simulate" } }, { action: { mode: "log" } }, { action: "block", paused: true }].map(
    (props) => ({
      name: `a firewall rule that blocks nothing passes: ${JSON.stringify(props)}`,
      resources: [resource(FILTER_TYPES.firewallRule, { ...props, filter: { expression: "ip.src ne 192.0.2.1" } })],
      violates: undefined,
    }),
  ),
  ...[{ action: { mode: "block" } }, { action: { mode: UNKNOWN } }, { action: "block", paused: UNKNOWN }].map(
    (props, index) => ({
      name: `a firewall rule that may block is read (${index})`,
      resources: [resource(FILTER_TYPES.firewallRule, { ...props, filter: { expression: "ip.src ne 192.0.2.1" } })],
      violates: /filter\.expression: .* by address/,
    }),
  ),
  {
    name: "an access rule filters every host",
    resources: [resource(FILTER_TYPES.accessRule, { mode: "block" })],
    violates: /every host and path/,
  },
  {
    name: "an access rule of unknown mode is refused",
    resources: [resource(FILTER_TYPES.accessRule, { mode: UNKNOWN })],
    violates: /cannot be read/,
  },
  {
    name: "an access rule that only allows passes",
    resources: [resource(FILTER_TYPES.accessRule, { mode: "whitelist" })],
    violates: undefined,
  },
  {
    name: "an Access policy by address is refused",
    resources: [resource(FILTER_TYPES.accessPolicy, { includes: [{ ip: { ip: "192.0.2.0/24" } }] })],
    violates: /includes: .*Access policy by address/,
  },
  {
    name: "an Access policy by e-mail passes",
    resources: [resource(FILTER_TYPES.accessPolicy, { includes: [{ email: { email: "a@b.co" } }] })],
    violates: undefined,
  },
  {
    name: "an unknown Access policy is refused",
    resources: [resource(FILTER_TYPES.accessPolicy, { requires: UNKNOWN })],
    violates: /requires: cannot be read/,
  },
  ...[
    ...["webhook.reri.co", "webhook.reri.co/voice", "*.reri.co/*", "webhook.reri.co/sms/*", "https://webhook.reri.co/"],
    ...["webhook.reri.co:443", "webhook.reri.co:443/voice", "Webhook.reri.co./voice", "webhook.reri.co.:*"],
  ].map((domain) => ({
    name: `an Access application on ${domain} is refused`,
    resources: [resource(FILTER_TYPES.accessApplication, { domain })],
    violates: /Twilio cannot sign in/,
  })),
  ...["forms.reri.co", "webhook.reri.co/docusign", "webhook.reri.co/voi", "reri.co"].map((domain) => ({
    name: `an Access application on ${domain} passes`,
    resources: [resource(FILTER_TYPES.accessApplication, { domain })],
    violates: undefined,
  })),
  {
    name: "an Access application that lets everybody in passes",
    resources: access([BYPASS, { ...BYPASS, requires: [], excludes: null }]),
    violates: undefined,
  },
  ...[
    [],
    [BYPASS, { ...BYPASS, decision: "allow" }],
    [{ ...BYPASS, requires: [{ ip: { ip: "192.0.2.1/32" } }] }],
    [{ ...BYPASS, excludes: [{ geo: { countryCode: "DE" } }] }],
    [{ ...BYPASS, includes: [{ ip: { ip: "192.0.2.1/32" } }] }],
    [{ ...BYPASS, includes: [] }],
    [{ ...BYPASS, precedence: UNKNOWN }],
    UNKNOWN,
  ].map((policies, index) => ({
    name: `an Access application that does not let everybody in is refused (${index})`,
    resources: access(policies),
    violates: /Twilio cannot sign in/,
  })),
  {
    name: "destinations are read",
    resources: [resource(FILTER_TYPES.accessApplication, { destinations: [{ uri: "webhook.reri.co" }] })],
    violates: /covers/,
  },
  {
    name: "a destination's host is read too",
    resources: [
      resource(FILTER_TYPES.accessApplication, { destinations: [{ uri: "a.co" }, { hostname: "webhook.reri.co" }] }),
    ],
    violates: /covers/,
  },
  {
    name: "destinations elsewhere pass",
    resources: [resource(FILTER_TYPES.accessApplication, { destinations: [{ uri: "forms.reri.co", hostname: null }] })],
    violates: undefined,
  },
  {
    name: "an unknown domain is refused",
    resources: [resource(FILTER_TYPES.accessApplication, { domain: UNKNOWN })],
    violates: /domain: cannot be read/,
  },
  {
    name: "a lockdown is read",
    resources: [resource(FILTER_TYPES.zoneLockdown, { urls: ["https://webhook.reri.co/voice*"] })],
    violates: /covers/,
  },
  {
    name: "a lockdown of other paths passes",
    resources: [resource(FILTER_TYPES.zoneLockdown, { urls: ["webhook.reri.co/docusign*"] })],
    violates: undefined,
  },
  {
    name: "other types pass",
    resources: [resource(DNS_RECORD_TYPE, { rules: UNKNOWN })],
    violates: undefined,
  },
];
