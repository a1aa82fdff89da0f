import { describe, expect, test } from "vitest";
import { validConfig } from "./arbitrary-manifest.ts";
import { CATCH_ALL, hubService, type IngressRule, ingressRules, undeclaredRules } from "./ingress.ts";
import { buildManifest } from "./manifest.ts";
import { parseConfig } from "./parse-config.ts";
import { ROUTES } from "./routes.ts";
import { manifestWith } from "./test-config.ts";

const HOST = "webhook.reri.co";
const manifest = manifestWith();
const [voice] = ingressRules(manifest).filter(({ path }) => path === "^/voice$");
const HUBSPOT: IngressRule = { hostname: HOST, path: "^/hubspot/", service: "http://localhost:18790" };

describe("the tunnel's ingress", () => {
  test("is the hub's routed paths in the table's order, the siblings' rules verbatim, and the catch-all last", () => {
    const routed = ROUTES.filter(({ status }) => status !== "pending");
    const own = routed.map(({ path }) => ({ hostname: HOST, path: `^${path}$`, service: "http://127.0.0.1:18797" }));
    expect(ingressRules(manifest)).toEqual([...own, HUBSPOT, CATCH_ALL]);
  });

  test("has no rule for a pending route", () => {
    expect(ingressRules(manifest).some(({ path }) => path?.includes("whatsapp"))).toBe(false);
  });

  test.each(["/openphone/voice", "/voice/", "/voicemail", "/voice/webhook", "//voice", "/voice\n"])(
    "does not take %j for /voice",
    (path) => {
      expect(new RegExp(voice?.path ?? "").test(path)).toBe(false);
    },
  );

  test("takes /voice for /voice", () => {
    expect(new RegExp(voice?.path ?? "nothing").test("/voice")).toBe(true);
  });

  test("gives a sibling's rule without a path none", () => {
    const rules = ingressRules(manifestWith({ "siblings.0.rules.0.path": undefined }));
    expect(rules.at(-2)).toEqual({ hostname: HOST, service: "http://localhost:18790" });
    expect(Object.keys(rules.at(-2) ?? {})).not.toContain("path");
  });

  test("sends the hub's requests to the handler's port", () => {
    expect(hubService(manifestWith({ "handler.port": 18800 }))).toBe("http://127.0.0.1:18800");
  });

  test("has one rule without host and path, and it is the last", () => {
    const open = ingressRules(manifest).filter(({ hostname, path }) => hostname === undefined && path === undefined);
    expect(open).toEqual([CATCH_ALL]);
    expect(ingressRules(manifest).at(-1)).toEqual(CATCH_ALL);
  });
});

describe("a live rule", () => {
  const HUB = { hostname: HOST, path: "^/old$", service: "http://localhost:18797" };

  test.each<[what: string, rule: IngressRule]>([
    ["the hub's own", { hostname: HOST, path: "^/voice$", service: "http://127.0.0.1:18797" }],
    ["the hub's by host and port, whatever its path and address", HUB],
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
    ["of the hub's host on another port", { ...HUB, service: "http://localhost:18798" }],
    ["of the hub's port on another host", { ...HUB, hostname: "other.reri.co" }],
    ["of the hub's port on no host", { path: "^/old$", service: HUB.service }],
    ["a catch-all that answers otherwise", { service: "http_status:503" }],
    ["a catch-all that sends everything to the hub", { service: HUB.service }],
    ["one that answers 404 on a host", { hostname: HOST, service: CATCH_ALL.service }],
    ["one that answers 404 on a path", { path: "^/x$", service: CATCH_ALL.service }],
  ])("is undeclared: %s", (_what, rule) => {
    expect(undeclaredRules(manifest, [HUBSPOT, rule, CATCH_ALL])).toEqual([rule]);
  });

  test("of a sibling without a path is declared with an empty path or none", () => {
    const wholeHost = manifestWith({ "siblings.0.rules.0.path": undefined });
    const rule = { hostname: HOST, service: HUBSPOT.service };
    expect(undeclaredRules(wholeHost, [rule, { ...rule, path: "" }])).toEqual([]);
  });

  test("that applying the ingress wrote is never undeclared", () => {
    expect(undeclaredRules(manifest, ingressRules(manifest))).toEqual([]);
  });
});

test("a sibling's origin settings are part of its rule, however Cloudflare fills what is not set", () => {
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
