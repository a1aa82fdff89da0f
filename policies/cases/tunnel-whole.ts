import { type IngressRule, ingressRules } from "../../hub/ingress.ts";
import { DNS_RECORD_TYPE, TUNNEL_CONFIG_TYPE } from "../../hub/resource-types.ts";
import { manifestWith } from "../../hub/test-config.ts";
import type { PolicyCase } from "../test-cases.ts";
import { resource, UNKNOWN } from "../test-resource.ts";

const WHOLE = ingressRules(manifestWith());
const HUBSPOT = WHOLE.findIndex(({ service }) => service.endsWith(":18790"));
const tunnel = (ingresses: unknown, source: unknown = "cloudflare") => [
  resource(TUNNEL_CONFIG_TYPE, { source, config: { ingresses } }),
];
const changed = (index: number, change: Partial<IngressRule>) =>
  WHOLE.map((rule, at) => (at === index ? { ...rule, ...change } : rule));

/** The cases of the policy tunnel-whole. */
export const cases: readonly PolicyCase[] = [
  { name: "the hub's own ingress passes", resources: tunnel(WHOLE), violates: undefined },
  {
    name: "what is not set may be empty",
    resources: tunnel(WHOLE.map((rule) => ({ hostname: "", path: null, originRequest: {}, ...rule }))),
    violates: undefined,
  },
  {
    name: "other types are passed over",
    resources: [resource(DNS_RECORD_TYPE, { config: UNKNOWN })],
    violates: undefined,
  },
  { name: "the source is cloudflare", resources: tunnel(WHOLE, "local"), violates: /subject\.source: found "local"/ },
  { name: "the source is set", resources: tunnel(WHOLE, null), violates: /subject\.source: found null/ },
  {
    name: "the source is known",
    resources: tunnel(WHOLE, UNKNOWN),
    violates: /subject\.source: its value is not known/,
  },
  {
    name: "the catch-all is not missing",
    resources: tunnel(WHOLE.slice(0, -1)),
    violates: /the last rule is no catch-all/,
  },
  {
    name: "the catch-all is not first",
    resources: tunnel([WHOLE.at(-1), ...WHOLE]),
    violates: /\[0\]: is a catch-all before the last rule/,
  },
  {
    name: "the catch-all is the hub's",
    resources: tunnel(changed(WHOLE.length - 1, { service: "http://localhost:1" })),
    violates: /path \(any\), service http_status:404 is missing/,
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
    name: "nothing else stands in the ingress",
    resources: tunnel([{ hostname: "a.reri.co", path: "^/x$", service: "http://localhost:1" }, ...WHOLE]),
    violates: /\[0\]: .*a\.reri\.co/,
  },
  {
    name: "no rule is behind one that takes all its requests",
    resources: tunnel([...WHOLE.slice(0, -1), WHOLE[0], WHOLE.at(-1)]),
    violates: /is never reached: rule 0/,
  },
  {
    name: "a sibling's unanchored path does not take the hub's",
    resources: tunnel([{ ...WHOLE[HUBSPOT], path: "/voice" }, ...WHOLE.filter((_, index) => index !== HUBSPOT)]),
    config: { "siblings.0.rules.0.path": "/voice" },
    violates: /is never reached: rule 0/,
  },
  { name: "every rule is known", resources: tunnel([UNKNOWN, ...WHOLE]), violates: /\[0\]: cannot be read/ },
  {
    name: "every path is known",
    resources: tunnel([{ ...WHOLE[0], path: UNKNOWN }, ...WHOLE.slice(1)]),
    violates: /\[0\]: cannot be read/,
  },
  { name: "the rules are known", resources: tunnel(UNKNOWN), violates: /config\.ingresses: cannot be read/ },
  { name: "there are rules", resources: tunnel([]), violates: /no catch-all/ },
];
