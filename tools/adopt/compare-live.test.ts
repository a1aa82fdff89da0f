import { expect, test } from "vitest";
import { parseConfig } from "../../hub/config/parse.ts";
import { readStackConfig, stackFile } from "../stack/stack-config.ts";
import type { Adoptable } from "./adoptable.ts";
import { compareLive, type Live } from "./compare-live.ts";

const { hub, source } = await readStackConfig(stackFile("loopback"));
const config = parseConfig(hub, source);
const { accountId, zoneId, tunnelId, dnsRecordId } = config.cloudflare;
const HOST = "webhook.reri.co";
const OWN = { hostname: HOST, path: "^/voice", service: `http://localhost:${config.handler.port}` };
const CATCH_ALL = { service: "http_status:404" };
const RULES = config.siblings.flatMap(({ rules }) => rules);

/** A config without the values that adopt fills in. */
const bare: Adoptable = {
  ...config,
  numbers: config.numbers.map(({ name, number }) => ({ name, number })),
  siblings: config.siblings.map(({ rules: _rules, ...sibling }) => sibling),
  cloudflare: { tunnelName: config.cloudflare.tunnelName, apiToken: config.cloudflare.apiToken },
};

function live(changes: Partial<Live["cloudflare"]> = {}): Live {
  const rules = [OWN, ...RULES, CATCH_ALL];
  const recordContent = `${tunnelId}.cfargotunnel.com`;
  return {
    cloudflare: { accountId, zoneId, tunnelId, dnsRecordId, recordContent, rules, originRequest: {}, ...changes },
    numberSids: config.numbers.map(({ sid }) => sid),
  };
}

test("a bare config lacks every value; the siblings' rules are taken verbatim, without the hub's", () => {
  const { findings, left } = compareLive(bare, live({ originRequest: { noTlsVerify: true } }));
  expect(left).toEqual([]);
  expect(new Set(findings.map(({ state }) => state))).toEqual(new Set(["missing"]));
  expect(Object.fromEntries(findings.map(({ key, live: value }) => [key, value]))).toEqual({
    "hub:cloudflare.accountId": accountId,
    "hub:cloudflare.zoneId": zoneId,
    "hub:cloudflare.tunnelId": tunnelId,
    "hub:cloudflare.dnsRecordId": dnsRecordId,
    "hub:cloudflare.originRequest": { noTlsVerify: true },
    "hub:siblings[0].rules": config.siblings[0]?.rules,
    "hub:siblings[1].rules": config.siblings[1]?.rules,
    "hub:siblings[2].rules": config.siblings[2]?.rules,
    ...Object.fromEntries(config.numbers.map(({ sid }, index) => [`hub:numbers[${index}].sid`, sid])),
  });
});

test("a complete config equals the live accounts", () => {
  const { findings, left } = compareLive(config, live());
  expect(left).toEqual([]);
  expect(new Set(findings.map(({ state }) => state))).toEqual(new Set(["same"]));
});

test("a different value is found, and also a setting that is not live", () => {
  const other = { ...config, cloudflare: { ...config.cloudflare, zoneId: "0", originRequest: { noTlsVerify: true } } };
  const { findings } = compareLive(other, live());
  expect(findings.filter(({ state }) => state === "differs")).toMatchObject([
    { key: "hub:cloudflare.zoneId", configured: "0", live: zoneId },
    { key: "hub:cloudflare.originRequest", live: undefined },
  ]);
});

test.each([
  [
    "another port",
    { hostname: HOST, path: "^/crm", service: "http://localhost:9999" },
    "belongs to neither the hub nor",
  ],
  ["no port", { hostname: HOST, service: "unix:/run/forms.sock" }, "list the service under services of a sibling"],
  [
    "the hub's port of another machine",
    { hostname: HOST, path: "^/forms/", service: `http://10.0.0.9:${config.handler.port}` },
    "belongs to neither the hub nor",
  ],
  ["the hub's port under another host", { ...OWN, hostname: "other.reri.co" }, "belongs to neither the hub nor"],
  ["another catch-all", { service: "http_status:403" }, "belongs to neither the hub nor"],
  ["a sibling's rule for every request", { service: "http://localhost:18790" }, "cannot be declared: "],
  [
    "a sibling's rule with an unknown setting",
    { hostname: HOST, service: "http://localhost:18790", originRequest: { bastionMode: true } },
    "cannot be declared: ",
  ],
])("a rule is left for a person: %s", (_what, rule, message) => {
  const { findings, left } = compareLive(bare, live({ rules: [OWN, ...RULES, rule, CATCH_ALL] }));
  expect(left).toEqual([expect.stringContaining(message)]);
  expect(findings.find(({ key }) => key === "hub:siblings[0].rules")?.live).toEqual(config.siblings[0]?.rules);
});

const SERVICES = [
  ...["bastion", "hello_world", "hello-world", "socks-proxy", "unix:/run/forms.sock", "unix+tls:/run/forms.sock"],
  ...["http_status:403", "tcp://10.0.0.7:5432", "ftp://files.internal:21", `http://10.0.0.9:${config.handler.port}`],
];

test.each(SERVICES)("a sibling that lists the service %s gets its rules, and needs no port", (service) => {
  const rule = { hostname: "forms.reri.co", path: "^/f$", service };
  const siblings = [...bare.siblings, { name: "forms", services: [service] }];
  const { findings, left } = compareLive({ ...bare, siblings }, live({ rules: [OWN, ...RULES, rule, CATCH_ALL] }));
  expect(left).toEqual([]);
  expect(findings.find(({ key }) => key === "hub:siblings[3].rules")?.live).toEqual([rule]);
  const adopted = { ...hub, siblings: [...config.siblings, { name: "forms", services: [service], rules: [rule] }] };
  expect(parseConfig(adopted, source).siblings.at(-1)?.rules).toEqual([rule]);
});

test.each(SERVICES)("a rule for %s that a sibling declares by hand stays that sibling's", (service) => {
  const rule = { hostname: "forms.reri.co", path: "^/f$", service };
  const [first, ...others] = config.siblings;
  if (first === undefined) throw new Error("the config has no sibling");
  const declared = { ...first, services: [service], rules: [...first.rules, rule] };
  const { findings, left } = compareLive(
    { ...config, siblings: [declared, ...others] },
    live({ rules: [OWN, ...first.rules, rule, ...others.flatMap(({ rules }) => rules), CATCH_ALL] }),
  );
  expect(left).toEqual([]);
  expect(findings.filter(({ state }) => state !== "same")).toEqual([]);
});

test("a part of the tunnel's config that cannot be declared is left for a person, with its value", () => {
  const { left } = compareLive(config, live({ others: { "warp-routing": { enabled: true } } }));
  expect(left).toEqual([expect.stringContaining('an up would drop it: warp-routing {"enabled":true}; ')]);
});

test("a sibling without a rule, a missing number, a record that leads elsewhere and unknown settings are reported", () => {
  const rules = [OWN, ...RULES.slice(1), CATCH_ALL];
  const { cloudflare } = live({ rules, recordContent: "example.com", originRequest: { bastionMode: true } });
  const { left } = compareLive(bare, { cloudflare, numberSids: [undefined, config.numbers[1]?.sid] });
  expect(left).toEqual([
    expect.stringContaining("the DNS record of webhook.reri.co leads to example.com"),
    expect.stringContaining("the tunnel has origin settings that cannot be declared"),
    "hub:siblings[0].rules: no live rule leads to port 18790 of hubspot",
    "hub:numbers[0].number: the Twilio account has no such number",
  ]);
});
