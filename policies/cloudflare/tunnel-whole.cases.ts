import { DNS_RECORD_TYPE, TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";
import { type IngressRule, ingressRules } from "../../hub/hosts/ingress.ts";
import { manifestWith } from "../../hub/testing/config.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const WHOLE = ingressRules(manifestWith());
const HUBSPOT = WHOLE.findIndex(({ service }) => service.endsWith(":18790"));
const OWN = { accountId: "0a1b2c3d4e5f60718293a4b5c6d7e8f9", tunnelId: "6ff42ae2-765d-4adf-8112-31c55c1551ef" };
const tunnel = (ingresses: unknown, source: unknown = "cloudflare") => [
  resource(TUNNEL_CONFIG_TYPE, { ...OWN, source, config: { ingresses } }),
];
/** The whole ingress, with other settings beside it or on another tunnel. */
const beside = (settings: Readonly<Record<string, unknown>>, own: Readonly<Record<string, unknown>> = {}) => [
  resource(TUNNEL_CONFIG_TYPE, { ...OWN, ...own, source: "cloudflare", config: { ingresses: WHOLE, ...settings } }),
];
const ACCESS = { audTags: ["a"], teamName: "reri" };
const changed = (index: number, change: Partial<IngressRule>) =>
  WHOLE.map((rule, at) => (at === index ? { ...rule, ...change } : rule));

/** The cases of the policy tunnel-whole. */
export const cases: readonly PolicyCase[] = [
  { name: "the hub's own ingress passes", resources: tunnel(WHOLE), violates: undefined },
  {
    name: "an unset property may be empty",
    resources: tunnel(WHOLE.map((rule) => ({ hostname: "", path: null, originRequest: {}, ...rule }))),
    violates: undefined,
  },
  {
    name: "other types pass",
    resources: [resource(DNS_RECORD_TYPE, { config: UNKNOWN })],
    violates: undefined,
  },
  {
    name: "the source is cloudflare",
    resources: tunnel(WHOLE, "local"),
    violates: /^subject\.source: found "local"; set "cloudflare", .* \(docs\/domain\.md#webhook-tunnel-cluster\)$/,
  },
  { name: "the source is set", resources: tunnel(WHOLE, null), violates: /subject\.source: found none/ },
  {
    name: "the source is known",
    resources: tunnel(WHOLE, UNKNOWN),
    violates: /subject\.source: its value is not known/,
  },
  {
    name: "the catch-all is not missing",
    resources: tunnel(WHOLE.slice(0, -1)),
    violates: /the last rule is not a catch-all/,
  },
  {
    name: "the catch-all is not first",
    resources: tunnel([WHOLE.at(-1), ...WHOLE]),
    violates: /\[0\]: is a catch-all before the last rule/,
  },
  {
    name: "the catch-all is the hub's",
    resources: tunnel(changed(WHOLE.length - 1, { service: "http://localhost:1" })),
    violates: /path \(any\), service "http_status:404" is missing/,
  },
  {
    name: "the catch-all names no host, not even every one",
    resources: tunnel(changed(WHOLE.length - 1, { hostname: "*" })),
    violates:
      /^subject\.config\.ingresses: hostname \(any\), path \(any\), service "http_status:404" is missing or changed/,
  },
  {
    name: "a rule of the hub's is for its host",
    resources: tunnel(changed(0, { hostname: "other.reri.co" })),
    violates: /\[0\]: hostname other\.reri\.co, .* neither the hub's/,
  },
  {
    name: "a rule of the hub's is anchored",
    resources: tunnel(changed(0, { path: "/voice/webhook" })),
    violates: /\[0\]: .*path \/voice\/webhook, .* neither the hub's/,
  },
  {
    name: "a rule of the hub's is not missing",
    resources: tunnel(WHOLE.slice(1)),
    violates: /\^\/voice\/webhook\$.* missing or changed: it is the hub's/,
  },
  {
    name: "a sibling's rule is not missing",
    resources: tunnel(WHOLE.filter((_, index) => index !== HUBSPOT)),
    violates: /\^\/hubspot\/.* missing or changed: it is a sibling's/,
  },
  {
    name: "a sibling's path is not changed",
    resources: tunnel(changed(HUBSPOT, { path: "^/hubspot" })),
    violates: /neither the hub's rule nor/,
  },
  {
    name: "a sibling's origin settings are not changed",
    resources: tunnel(changed(HUBSPOT, { originRequest: { noTlsVerify: true } })),
    violates: /neither the hub's rule nor/,
  },
  {
    name: "the ingress has no other rule",
    resources: tunnel([{ hostname: "a.reri.co", path: "^/x$", service: "http://localhost:1" }, ...WHOLE]),
    violates: /\[0\]: .*a\.reri\.co/,
  },
  {
    name: "no rule follows another that takes all its requests",
    resources: tunnel([...WHOLE.slice(0, -1), WHOLE[0], WHOLE.at(-1)]),
    violates: /is never reached: rule 0/,
  },
  {
    name: "a sibling's unanchored path does not take the hub's",
    resources: tunnel([{ ...WHOLE[HUBSPOT], path: "/voice" }, ...WHOLE.filter((_, index) => index !== HUBSPOT)]),
    config: { "siblings.0.rules.0.path": "/voice" },
    violates: /is never reached: rule 0/,
  },
  {
    name: "a sibling's path is a Go regular expression",
    resources: tunnel(changed(HUBSPOT, { path: "^/(?=hubspot)" })),
    config: { "siblings.0.rules.0.path": "^/(?=hubspot)" },
    violates: /path \^\/\(\?=hubspot\), .* has a path that is not a Go regular expression/,
  },
  {
    name: "a sibling's path may have syntax that only Go has",
    resources: tunnel(changed(HUBSPOT, { path: "(?i)\\A/hubspot/" })),
    config: { "siblings.0.rules.0.path": "(?i)\\A/hubspot/" },
    violates: undefined,
  },
  ...[{}, null, undefined, { httpHostHeader: null, access: { required: null }, __defaults: ["a"] }].map(
    (originRequest, index) => ({
      name: `tunnel-wide settings may be empty (${index})`,
      resources: beside({ originRequest, warpRouting: null, __defaults: ["b"] }),
      violates: undefined,
    }),
  ),
  {
    name: "tunnel-wide settings are the config's",
    resources: beside({ originRequest: { access: { required: null, ...ACCESS }, connectTimeout: 10 } }),
    config: { "cloudflare.originRequest": { connectTimeout: 10, access: ACCESS } },
    violates: undefined,
  },
  {
    name: "an Access rule for the whole tunnel is refused",
    resources: beside({ originRequest: { access: { required: true, ...ACCESS } } }),
    violates:
      /^subject\.config\.originRequest\.access: found audTags\[0\] "a", teamName "reri"; set it as in hub:cloudflare\.originRequest \(docs\/domain\.md#webhook-tunnel-cluster\)$/,
  },
  ...[
    { httpHostHeader: "elsewhere.example" },
    { noTlsVerify: true },
    { connectTimeout: 11 },
    { httpHostHeader: UNKNOWN },
  ].map((setting) => ({
    name: `${JSON.stringify(setting)} for the whole tunnel is refused`,
    resources: beside({ originRequest: { connectTimeout: 10, ...setting } }),
    config: { "cloudflare.originRequest": { connectTimeout: 10 } },
    violates: new RegExp(`^subject\\.config\\.originRequest\\.${Object.keys(setting)[0]}: `),
  })),
  {
    name: "a tunnel-wide setting of the config is not left out",
    resources: beside({}),
    config: { "cloudflare.originRequest": { connectTimeout: 10 } },
    violates: /^subject\.config\.originRequest\.connectTimeout: found none; set it/,
  },
  {
    name: "tunnel-wide settings are known",
    resources: beside({ originRequest: UNKNOWN }),
    violates: /^subject\.config\.originRequest: its value is not known/,
  },
  {
    name: "nothing else is set for every handler",
    resources: beside({ warpRouting: { enabled: true } }),
    violates: /^subject\.config\.warpRouting: is set, and applies to every handler/,
  },
  {
    name: "the IDs may not be known yet",
    resources: beside({}, { accountId: UNKNOWN, tunnelId: UNKNOWN }),
    violates: undefined,
  },
  {
    name: "another tunnel is refused",
    resources: beside({}, { tunnelId: "other" }),
    violates: /^subject\.tunnelId: found "other"; expected hub:cloudflare\.tunnelId, 6ff42ae2-/,
  },
  {
    name: "another account is refused",
    resources: beside({}, { accountId: undefined }),
    violates: /^subject\.accountId: found none; expected hub:cloudflare\.accountId, 0a1b2c/,
  },
  {
    name: "a service's password is not shown",
    resources: tunnel([{ path: "^/x$", service: "http://user:hunter2@localhost:1" }, ...WHOLE]),
    violates: /^(?!.*hunter2).*service "http:\/\/…" is neither/,
  },
  { name: "every rule is known", resources: tunnel([UNKNOWN, ...WHOLE]), violates: /\[0\]: cannot be read/ },
  {
    name: "every path is known",
    resources: tunnel([{ ...WHOLE[0], path: UNKNOWN }, ...WHOLE.slice(1)]),
    violates: /\[0\]: cannot be read/,
  },
  { name: "the rules are known", resources: tunnel(UNKNOWN), violates: /config\.ingresses: cannot be read/ },
  { name: "there are rules", resources: tunnel([]), violates: /not a catch-all/ },
];
