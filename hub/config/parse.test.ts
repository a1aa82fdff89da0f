import { describe, expect, test } from "vitest";
import { validConfig } from "../testing/arbitrary-manifest.ts";
import { configWith, manifestWith, messageOf, refusal, SOURCE } from "../testing/config.ts";
import { parseConfig, parseHosts } from "./parse.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";
const SECOND_RULE = { hostname: "webhook.reri.co", path: "^/hubspot/", service: "http://localhost:18791" };
const SECOND_SIBLING = { name: "other", port: 18791, rules: [SECOND_RULE] };

test("a valid config is accepted unchanged", () => {
  expect(parseConfig(validConfig(), SOURCE)).toEqual(validConfig());
});

test("a valid config may hold a previous auth token", () => {
  const config = configWith({
    "twilio.previousAuthToken": { reference: "op://Aurora/twilio/previous", until: "2026-06-01" },
  });
  expect(parseConfig(config, SOURCE)).toEqual(config);
});

test.each(["twilio", "Twilio_hub-2", "allies", "d"])("%s is the name of a process", (process) => {
  expect(parseConfig(configWith({ "handler.process": process }), SOURCE).handler.process).toBe(process);
});

test("a message names the config's file, and is one line if one thing is wrong", () => {
  const message = refusal({ "handler.port": "x" });
  expect(message).toBe(
    `${SOURCE} is not a valid config of the hub: hub:handler.port: expected a port number; found "x"`,
  );
});

const WHOLE_HOST_TWICE = [18790, 18791].map((port) => ({
  name: `sibling-${port}`,
  port,
  rules: [{ hostname: "webhook.reri.co", service: `http://localhost:${port}` }],
}));

const badName = (name: string, problem: string) =>
  [`${JSON.stringify(name)} as a process name`, "handler.process", name, "hub:handler.process", problem] as const;

const BAD: readonly (readonly [rule: string, path: string, value: unknown, key: string, problem: string])[] = [
  ["an unknown key", "hostz", 1, "hub:hostz", "unknown key"],
  ["a trailing slash", "hosts.canonical.url", "https://a.co/", "hub:hosts.canonical.url", "no trailing slash"],
  ["an http URL", "hosts.canonical.url", "http://a.co", "hub:hosts.canonical.url", "https"],
  ["a relative URL", "hosts.funnel.url", "/voice", "hub:hosts.funnel.url", "absolute"],
  ["a host that is an address", "hosts.canonical.url", "https://10.0.0.1", "hub:hosts.canonical.url", "host name"],
  ["a host that is this machine", "hosts.funnel.url", "https://127.0.0.1", "hub:hosts.funnel.url", "host name"],
  ["a host that is an address in hex", "hosts.funnel.url", "https://10.0x1", "hub:hosts.funnel.url", "host name"],
  ["a host of one label", "hosts.canonical.url", "https://localhost", "hub:hosts.canonical.url", "host name"],
  ["a mount with a trailing slash", "hosts.funnel.mounts.1", "/sms/", "hub:hosts.funnel.mounts[1]", "trailing slash"],
  ["no mount", "hosts.funnel.mounts", [], "hub:hosts.funnel.mounts", ""],
  ["an unknown prefix", "hosts.funnel.prefix", "cut", "hub:hosts.funnel.prefix", '"stripped"'],
  ["a text for a boolean", "hosts.funnel.registerFallback", "no", "hub:hosts.funnel.registerFallback", "true or false"],
  [
    "a SID that is not PN and 32 hex",
    "numbers.0.sid",
    "PN12",
    "hub:numbers[0].sid",
    'PN and 32 lower-case hex digits; found "PN12"',
  ],
  ["a number that is not E.164", "numbers.1.number", "9497798471", "hub:numbers[1].number", "E.164"],
  ["no pause at all", "outbound.intervalMs", 0, "hub:outbound.intervalMs", "at least 1 millisecond"],
  ...["all", "default"].map((name) => badName(name, "PM2 takes all and default for other processes")),
  ...["0", "1e3", "-f", "/t/", "apps.json", "a b", ""].map((name) =>
    badName(name, "begins with a letter, like twilio"),
  ),
  ["a number for a process name", "handler.process", 0, "hub:handler.process", "expected a process name; found 0"],
  ["no process", "handler.instances", 0, "hub:handler.instances", "at least 1 process"],
  ["half a process", "handler.instances", 1.5, "hub:handler.instances", "whole number"],
  ["too many processes", "handler.instances", 17, "hub:handler.instances", "at most 16"],
  ["memory without a unit", "handler.memory", "512", "hub:handler.memory", 'like "512M"; found "512"'],
  ["a number for memory", "handler.memory", 512, "hub:handler.memory", "found 512"],
  ["no release", "authorisation", { release: "latest", by: "H", on: "2026-11-20" }, "hub:authorisation.release", ""],
  ["an unknown kind of transport", "transport.kind", "ftp", "hub:transport.kind", "expected kind: local or kind: ssh"],
  ["a name in upper case", "numbers.0.name", "Primary", "hub:numbers[0].name", "lower-case name"],
  ["no number", "numbers", [], "hub:numbers", ""],
  ["a text for a list", "owners", "Henry Hill", "hub:owners", "expected a list of names"],
  ["a map that is empty in YAML", "cloudflare", null, "hub:cloudflare", "expected a map of keys and values"],
  [
    "a real endpoint",
    "endpoints",
    { cloudflare: "https://a.co", twilioProxy: "http://127.0.0.1:1" },
    "hub:endpoints.cloudflare",
    "127.0.0.1",
  ],
  [
    "a service on another port",
    "siblings.0.port",
    18791,
    "hub:siblings[0].rules[0].service",
    'on port 18791, the sibling\'s; found "http://localhost:18790"',
  ],
  [
    "a service that a sibling without a port does not list",
    "siblings.0",
    { name: "forms", services: ["bastion"], rules: [{ path: "^/f$", service: "http://localhost:18790" }] },
    "hub:siblings[0].rules[0].service",
    'expected a service bastion; found "http://localhost:18790"',
  ],
  [
    "the handler's port among a sibling's services",
    "siblings.0.services",
    ["http://localhost:18797"],
    "hub:siblings[0].services[0]",
    "port 18797 of hubspot is the hub's own (hub:handler.port)",
  ],
  [
    "a service with a password",
    "siblings.0.services",
    ["http://user:hunter2@localhost:1"],
    "hub:siblings[0].services[0]",
    "the value found is not shown",
  ],
  [
    "a rule for every request",
    "siblings.0.rules.0",
    { service: "http://localhost:18790" },
    "hub:siblings[0].rules[0]",
    "has neither hostname nor path",
  ],
  [
    "a sibling on the hub's port",
    "handler.port",
    18790,
    "hub:siblings[0].port",
    "port 18790 of hubspot is the hub's own (hub:handler.port)",
  ],
  [
    "a sibling on the hub's own second port",
    "handler.adminPort",
    18790,
    "hub:siblings[0].port",
    "port 18790 of hubspot is the hub's own (hub:handler.adminPort)",
  ],
  [
    "one port for both",
    "handler.adminPort",
    18797,
    "hub:handler.adminPort",
    "18797 is the webhooks' (hub:handler.port)",
  ],
  [
    "an agent that is the hub itself",
    "voice.agent",
    "+18446883807",
    "hub:voice.agent",
    "is the hub's own number toll-free (hub:numbers), so a call would dial itself",
  ],
  [
    "a previous token without an end",
    "twilio.previousAuthToken",
    { reference: "op://a/b/c" },
    "hub:twilio.previousAuthToken.until",
    "missing; set it",
  ],
  [
    "an unknown key of a previous token",
    "twilio.previousAuthToken",
    { reference: "op://a/b/c", until: "2026-06-01", from: "2026-05-01" },
    "hub:twilio.previousAuthToken.from",
    "unknown key",
  ],
  ["an agent without a name", "openclaw.agents.callRouting", " ", "hub:openclaw.agents.callRouting", "found none"],
  ["a sibling without rules", "siblings.0.rules", [], "hub:siblings[0].rules", ""],
  [
    "one host twice",
    "hosts.funnel.url",
    "https://webhook.reri.co",
    "hub:hosts.funnel.url",
    "is the canonical host's URL",
  ],
  [
    "a duplicate sid",
    "numbers.1.sid",
    "PN728d17f512c2e9617cf5a9d8f2d7b784",
    "hub:numbers[1].sid",
    "duplicate sid: entry 0 has it too",
  ],
  ["a duplicate number", "numbers.1.number", "+19497798471", "hub:numbers[1].number", "duplicate number: entry 0"],
  ["a duplicate name", "numbers.1.name", "primary", "hub:numbers[1].name", "duplicate name: entry 0"],
  ["a duplicate mount", "hosts.funnel.mounts.1", "/voice", "hub:hosts.funnel.mounts[1]", "duplicate mount: entry 0"],
  ["a whole host claimed twice", "siblings", WHOLE_HOST_TWICE, "hub:siblings[1].rules[0]", "duplicate rule"],
  ["a duplicate sibling path", "siblings.1", SECOND_SIBLING, "hub:siblings[1].rules[0]", "duplicate rule: entry 0"],
];

test.each(BAD)("%s is refused under its key", (_rule, path, value, key, problem) => {
  const message = refusal({ [path]: value });
  expect(message).toContain(`: ${key}: `);
  expect(message).toContain(problem);
});

describe("a secret in plain text", () => {
  test.each([
    ["twilio.authToken", "hub:twilio.authToken", "and not the secret itself"],
    ["twilio.accountSid", "hub:twilio.accountSid", "and not the secret itself"],
    ["cloudflare.apiToken", "hub:cloudflare.apiToken", "and not the secret itself"],
    ["cloudflare.tunnelId", "hub:cloudflare.tunnelId", "the value found is not shown"],
    ["numbers.0.sid", "hub:numbers[0].sid", "the value found is not shown"],
    ["siblings.0.rules.0.service", "hub:siblings[0].rules[0].service", "the value found is not shown"],
  ])("at %s is refused and not shown", (path, key, problem) => {
    const message = refusal({ [path]: TOKEN });
    expect(message).toContain(`${key}: `);
    expect(message).toContain(problem);
    expect(message).not.toContain(TOKEN);
  });

  test("as the previous auth token is refused and not shown", () => {
    const message = refusal({ "twilio.previousAuthToken": { reference: TOKEN, until: "2026-06-01" } });
    expect(message).toContain("hub:twilio.previousAuthToken.reference: ");
    expect(message).toContain("and not the secret itself");
    expect(message).not.toContain(TOKEN);
  });

  test("is not shown if two entries share it", () => {
    const path = `^/x?secret=${TOKEN}`;
    const second = { ...SECOND_SIBLING, rules: [{ ...SECOND_RULE, path }] };
    const message = refusal({ "siblings.0.rules.0.path": path, "siblings.1": second });
    expect(message).toContain("duplicate rule");
    expect(message).not.toContain(TOKEN);
  });
});

/** The keys with a default, and the folder for recordings, which hub/config/environment.test.ts tests. */
const NOT_REQUIRED = /^(outbound|transport|handler\.(instances|memory)$|environment\.RECORDINGS_FOLDER$)/;

/** Every key that a config must have, as its dotted path. */
const REQUIRED = requiredPaths(validConfig(), []).filter((path) => !NOT_REQUIRED.test(path));

test("one process, half a gigabyte and this machine are the defaults", () => {
  const without = { "handler.instances": undefined, "handler.memory": undefined, transport: undefined };
  const { handler, transport } = parseConfig(configWith(without), SOURCE);
  expect([handler.instances, handler.memory, transport]).toEqual([1, "512M", { kind: "local" }]);
});

test("a valid config may hold an authorisation; the manifest has nothing of it or of the release", () => {
  const changes = {
    authorisation: { release: `sha256:${"a1".repeat(32)}`, by: "Henry Hill", on: "2026-11-20" },
    "environment.LOG_LEVEL": "warn",
    "handler.instances": 2,
  };
  expect(parseConfig(configWith(changes), SOURCE)).toEqual(configWith(changes));
  expect(manifestWith(changes)).toEqual(manifestWith());
});

test("one request a second for each number is the default", () => {
  const { outbound } = parseConfig(configWith({ "outbound.intervalMs": undefined }), SOURCE);
  expect(outbound).toEqual({ intervalMs: 1_000 });
  expect(parseConfig(configWith({ outbound: undefined }), SOURCE).outbound).toEqual(outbound);
});

test.each(REQUIRED.map((path) => [path]))("a missing %s is named as missing", (path) => {
  const key = path.replace(/\.(\d+)/g, "[$1]");
  expect(refusal({ [path]: undefined })).toBe(
    `${SOURCE} is not a valid config of the hub: hub:${key}: missing; set it`,
  );
});

test.each(mapPaths(validConfig(), []))("an unknown key under hub:%s is refused by name", (path) => {
  const key = `${path}.extra`;
  expect(refusal({ [key]: 1 })).toContain(`: hub:${key.replace(/\.(\d+)/g, "[$1]")}: unknown key`);
});

test("all missing keys are listed at once, one a line", () => {
  const missing = ["siblings.0.rules", "cloudflare.zoneId", "tendlc.status", "handler", "hosts.funnel.prefix"];
  const message = refusal(Object.fromEntries(missing.map((path) => [path, undefined])));
  expect(message.split("\n").slice(1).toSorted()).toEqual([
    "  - hub:cloudflare.zoneId: missing; set it",
    "  - hub:handler: missing; set it",
    "  - hub:hosts.funnel.prefix: missing; set it",
    "  - hub:siblings[0].rules: missing; set it",
    "  - hub:tendlc.status: missing; set it",
  ]);
});

test("the hosts are accepted without the other keys, and refused by the same rules", () => {
  const { hosts } = validConfig();
  expect(parseHosts({ hosts }, SOURCE)).toEqual(hosts);
  expect(messageOf(() => parseHosts({}, SOURCE))).toContain("hub:hosts: missing; set it");
  const spoiled = configWith({ "hosts.canonical.url": "https://a.co/" });
  expect(messageOf(() => parseHosts(spoiled, SOURCE))).toContain("hub:hosts.canonical.url: ");
});

function requiredPaths(node: unknown, path: readonly string[]): string[] {
  if (typeof node !== "object" || node === null) return [];
  const optional = ["path", "hostname", "recordingNotice"];
  return Object.entries(node).flatMap(([key, inner]) => {
    const here = [...path, key];
    const own = Array.isArray(node) || optional.includes(key) ? [] : [here.join(".")];
    return [...own, ...requiredPaths(inner, here)];
  });
}

/** Every map of a config, as its dotted path. */
function mapPaths(node: unknown, path: readonly string[]): string[] {
  if (typeof node !== "object" || node === null) return [];
  const own = Array.isArray(node) || path.length === 0 ? [] : [path.join(".")];
  return [...own, ...Object.entries(node).flatMap(([key, inner]) => mapPaths(inner, [...path, key]))];
}
