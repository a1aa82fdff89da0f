import { expect, test } from "vitest";
import { manifestWith } from "../testing/config.ts";
import { ingressRules } from "./ingress.ts";
import { liveTunnel, RawTunnel } from "./live-config.ts";
import { liveTunnelProblem } from "./live-tunnel.ts";

const manifest = manifestWith();
const ingress = ingressRules(manifest).map((rule) => ({ path: null, originRequest: {}, ...rule }));
const problemOf = (config: object | null) =>
  liveTunnelProblem(manifest, undefined, liveTunnel(RawTunnel.parse({ version: 3, source: "cloudflare", config })));

test.each([
  ["no config", null],
  ["no rules", {}],
  ["the hub's rules", { ingress }],
  ["what Cloudflare adds by itself", { ingress, "warp-routing": { enabled: false }, originRequest: {} }],
  ["parts that are not set", { ingress, "warp-routing": null, other: {}, more: { inner: null } }],
  [
    "rules that the dashboard has numbered",
    { ingress: ingress.map((rule, index) => ({ ...rule, id: String(index) })) },
  ],
])("may be replaced: %s", (_what, config) => {
  expect(problemOf(config)).toBeUndefined();
});

test.each([
  [{ "warp-routing": { enabled: true } }, 'drop, since the provider cannot write them: warp-routing {"enabled":true}.'],
  [{ "warp-routing": { enabled: true, maxActiveFlows: 9 } }, 'warp-routing {"enabled":true,"maxActiveFlows":9}.'],
  [{ "warp-routing": { enabled: false, connectTimeout: 7 } }, 'warp-routing {"connectTimeout":7,"enabled":false}.'],
  [{ "warp-routing": { maxActiveFlows: 0 } }, 'warp-routing {"maxActiveFlows":0}.'],
  [{ a: 1, b: { c: [2] } }, 'them: a 1; b {"c":[2]}.'],
  [{ originRequest: { bastionMode: true } }, 'tunnel-wide origin settings {"bastionMode":true}, and'],
])("a part that a write would drop is named with its value: %j", (part, text) => {
  expect(problemOf({ ingress, ...part })).toContain(text);
});

test("a member of a declared rule that the config does not know makes it another rule", () => {
  const rules = ingress.map((rule) => (rule.service.endsWith(":18790") ? { ...rule, weight: 2 } : rule));
  expect(problemOf({ ingress: rules })).toContain("service http://localhost:18790, weight 2");
});

test("every problem is named at once", () => {
  const stranger = { hostname: "forms.reri.co", service: "bastion" };
  const problem = problemOf({ ingress: [stranger, ...ingress], "warp-routing": { enabled: true } });
  expect(problem).toMatch(
    /^has parts .*\nIt also has live ingress rules .*:\n {2}- hostname forms\.reri\.co, path \(any\), service bastion$/s,
  );
});

test("a config in another form is refused", () => {
  expect(RawTunnel.safeParse({ version: 1, config: { ingress: [{ hostname: "a.co" }] } }).success).toBe(false);
  expect(RawTunnel.safeParse({ config: { ingress: [] } }).success).toBe(false);
});
