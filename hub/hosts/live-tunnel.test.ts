import { describe, expect, test } from "vitest";
import { parseConfig } from "../config/parse.ts";
import { buildManifest } from "../manifest.ts";
import { validConfig } from "../testing/arbitrary-manifest.ts";
import { manifestWith } from "../testing/config.ts";
import { CATCH_ALL, type IngressRule, ingressRules } from "./ingress.ts";
import { liveTunnelProblem, replacedRules, undeclaredRules } from "./live-tunnel.ts";

const HOST = "webhook.reri.co";
const manifest = manifestWith();
const HUBSPOT: IngressRule = { hostname: HOST, path: "^/hubspot/", service: "http://localhost:18790" };

describe("a live rule", () => {
  const HUB = { hostname: HOST, path: "^/old$", service: "http://localhost:18797" };

  test.each<[what: string, rule: IngressRule]>([
    ["the hub's own", { hostname: HOST, path: "^/voice$", service: "http://127.0.0.1:18797" }],
    ["the hub's by host and port, with another path and name of this machine", HUB],
    ["the hub's on IPv6", { ...HUB, service: "http://[::1]:18797" }],
    ["a declared sibling's", HUBSPOT],
    ["the catch-all", CATCH_ALL],
    [
      "the catch-all with empty fields, as Cloudflare stores it",
      { hostname: "", path: "", service: CATCH_ALL.service },
    ],
  ])("may be replaced: %s", (_what, rule) => {
    expect(undeclaredRules(manifest, [rule])).toEqual([]);
  });

  test.each<[what: string, rule: IngressRule]>([
    ["a sibling's with another path", { ...HUBSPOT, path: "^/hubspot/v2/" }],
    ["a sibling's with another service", { ...HUBSPOT, service: "http://localhost:18791" }],
    ["a sibling's on another host", { ...HUBSPOT, hostname: "other.reri.co" }],
    ["a sibling's without its path", { hostname: HOST, service: HUBSPOT.service }],
    ["of the hub's host on the same port of another machine", { ...HUB, service: "http://10.0.0.9:18797" }],
    ["of the hub's host on that port of a named machine", { ...HUB, service: "http://forms.internal:18797" }],
    [
      "of the hub's path on that port of another machine",
      { ...HUB, path: "^/voice$", service: "http://10.0.0.9:18797" },
    ],
    ["of the hub's host on another port", { ...HUB, service: "http://localhost:18798" }],
    ["of the hub's port on another host", { ...HUB, hostname: "other.reri.co" }],
    ["of the hub's port on no host", { path: "^/old$", service: HUB.service }],
    ["a catch-all with another status", { service: "http_status:503" }],
    ["a catch-all that sends everything to the hub", { service: HUB.service }],
    ["a 404 rule for a host", { hostname: HOST, service: CATCH_ALL.service }],
    ["a 404 rule for a path", { path: "^/x$", service: CATCH_ALL.service }],
  ])("is undeclared: %s", (_what, rule) => {
    expect(undeclaredRules(manifest, [HUBSPOT, rule, CATCH_ALL])).toEqual([rule]);
  });

  test("of a sibling without a path is declared, with an empty path or without one", () => {
    const wholeHost = manifestWith({ "siblings.0.rules.0.path": undefined });
    const rule = { hostname: HOST, service: HUBSPOT.service };
    expect(undeclaredRules(wholeHost, [rule, { ...rule, path: "" }])).toEqual([]);
  });

  test("that an update wrote is never undeclared", () => {
    expect(undeclaredRules(manifest, ingressRules(manifest))).toEqual([]);
  });
});

test("a sibling's origin settings are part of its rule, however Cloudflare returns values that are not set", () => {
  const originRequest = { httpHostHeader: "forms.reri.co" };
  const rule = { hostname: "forms.reri.co", path: "^/forms$", service: "http://localhost:18790" };
  const siblings = [{ name: "hubspot", port: 18790, rules: [{ ...rule, originRequest }] }];
  const manifest = buildManifest(parseConfig({ ...validConfig(), siblings }, "Pulumi.test.yaml"));
  expect(ingressRules(manifest)).toContainEqual({ ...rule, originRequest });
  expect(undeclaredRules(manifest, [{ ...rule, originRequest: { ...originRequest, caPool: null } }])).toEqual([]);
  expect(undeclaredRules(manifest, [rule])).toEqual([rule]);
  const changed = { ...rule, originRequest: { ...originRequest, noTlsVerify: true } };
  expect(undeclaredRules(manifest, [changed])).toEqual([changed]);
});

test("the hub's live rules that an update changes are listed, and no others", () => {
  const [own] = ingressRules(manifest);
  if (own === undefined) throw new Error("the hub has no rule");
  const old = { ...own, path: "^/old$" };
  const renamed = { ...own, service: "http://localhost:18797" };
  const withSettings = { ...own, originRequest: { noTlsVerify: true } };
  const elsewhere = { ...own, service: "http://10.0.0.9:18797" };
  const live = [old, own, renamed, withSettings, elsewhere, HUBSPOT, { ...CATCH_ALL }];
  expect(replacedRules(manifest, live)).toEqual([old, renamed, withSettings]);
  expect(replacedRules(manifest, ingressRules(manifest))).toEqual([]);
});

describe("a live config", () => {
  const ingresses = ingressRules(manifest);

  test("that is as declared may be replaced, and so may an empty one", () => {
    expect(liveTunnelProblem(manifest, undefined, { source: "cloudflare", config: { ingresses } })).toBeUndefined();
    expect(liveTunnelProblem(manifest, undefined, { config: { ingresses: null, originRequest: {} } })).toBeUndefined();
    expect(liveTunnelProblem(manifest, undefined, { config: null })).toBeUndefined();
  });

  test("in a file on the tunnel's machine may not be replaced", () => {
    expect(liveTunnelProblem(manifest, undefined, { source: "local", config: null })).toContain("Migrate the tunnel");
  });

  test("with an undeclared rule is refused, with a line for the rule", () => {
    const stranger = { hostname: "forms.reri.co", service: "http://localhost:1", originRequest: { noTlsVerify: true } };
    const problem = liveTunnelProblem(manifest, undefined, { config: { ingresses: [stranger, ...ingresses] } });
    expect(problem?.split("\n").slice(1)).toEqual([
      '  - hostname forms.reri.co, path (any), service http://localhost:1, originRequest {"noTlsVerify":true}',
    ]);
  });

  test("with tunnel-wide origin settings passes if they are declared, and is refused if they differ", () => {
    const live = { config: { ingresses, originRequest: { noTlsVerify: true, caPool: null } } };
    expect(liveTunnelProblem(manifest, { noTlsVerify: true }, live)).toBeUndefined();
    expect(liveTunnelProblem(manifest, undefined, live)).toContain('settings {"noTlsVerify":true}, and');
    expect(liveTunnelProblem(manifest, { noTlsVerify: true }, { config: { ingresses } })).toContain("declares {");
  });
});
