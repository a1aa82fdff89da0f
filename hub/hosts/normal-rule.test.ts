import { expect, test } from "vitest";
import { parseConfig } from "../config/parse.ts";
import { buildManifest } from "../manifest.ts";
import { validConfig } from "../testing/arbitrary-manifest.ts";
import { type IngressRule, ingressRules } from "./ingress.ts";
import { ingressProblems } from "./ingress-problems.ts";
import { liveRule } from "./live-config.ts";
import { undeclaredRules } from "./live-tunnel.ts";
import { normalRule, ruleLine, ruleText } from "./normal-rule.ts";

const RULE = { hostname: "forms.reri.co", path: "^/forms$", service: "http://localhost:18790" };
const ACCESS = { audTag: ["a"], teamName: "reri" };

/** Origin settings as Cloudflare may return them, and as the config declares them. */
const FORMS: readonly (readonly [string, Record<string, unknown> | null, IngressRule["originRequest"] | undefined])[] =
  [
    [
      "a null inside access",
      { access: { ...ACCESS, required: null } },
      { access: { audTags: ["a"], teamName: "reri" } },
    ],
    ["access with nulls alone", { access: { audTag: null, required: null, teamName: null } }, undefined],
    ["an empty access beside a setting", { access: {}, noTLSVerify: true }, { noTlsVerify: true }],
    [
      "nulls at both depths",
      { caPool: null, access: { ...ACCESS, required: null }, matchSNItoHost: true },
      { access: { audTags: ["a"], teamName: "reri" }, matchSnItoHost: true },
    ],
    ["no settings", null, undefined],
    ["empty settings", {}, undefined],
    ["a setting that is off", { noTLSVerify: false }, { noTlsVerify: false }],
  ];

test.each(FORMS)("the check, the policy pack and adopt see the same rule: %s", (_what, live, declared) => {
  const rule = { ...RULE, ...(declared && { originRequest: declared }) };
  const siblings = [{ name: "forms", port: 18790, rules: [rule] }];
  const manifest = buildManifest(parseConfig({ ...validConfig(), siblings }, "Pulumi.test.yaml"));
  const read = liveRule({ ...RULE, path: RULE.path, originRequest: live, id: "3" });
  expect(read).toEqual(rule);
  expect(undeclaredRules(manifest, [read])).toEqual([]);
  // The engine shows the resource's rules to the policy pack with the provider's own nulls.
  const shown = ingressRules(manifest).map((own) =>
    own.service === RULE.service
      ? { ...read, hostname: RULE.hostname, originRequest: { ...read.originRequest, proxyType: null, __defaults: [] } }
      : own,
  );
  expect(ingressProblems(manifest, shown)).toEqual([]);
});

test.each([
  [{ ...RULE, originRequest: { access: { audTags: ["a"], teamName: "reri", required: true } } }],
  [{ ...RULE, originRequest: { access: { audTags: ["b"], teamName: "reri" } } }],
  [{ ...RULE, originRequest: { httpHostHeader: "" } }],
  [{ ...RULE, path: undefined }],
  [{ ...RULE, ipRules: [1] }],
])("another rule has another text: %j", (other) => {
  const declared = { ...RULE, originRequest: { access: { audTags: ["a"], teamName: "reri" } } };
  expect(ruleText(other)).not.toBe(ruleText(declared));
  expect(ruleText(other)).not.toBe(ruleText(RULE));
});

test("a rule's line shows every member that is set", () => {
  const rule = { ...RULE, hostname: "", originRequest: { ipRules: [{ allow: true }], caPool: null }, weight: 3 };
  expect(ruleLine(rule)).toBe(
    'hostname (any), path ^/forms$, service http://localhost:18790, originRequest {"ipRules":[{"allow":true}]}, weight 3',
  );
  expect(normalRule(rule)).toEqual({
    path: "^/forms$",
    service: RULE.service,
    originRequest: { ipRules: [{ allow: true }] },
    weight: 3,
  });
});
