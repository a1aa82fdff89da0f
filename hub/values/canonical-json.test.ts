import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseConfig } from "../config/parse.ts";
import { buildManifest, manifestDigest } from "../manifest.ts";
import { type Changes, configWith, manifestWith, SOURCE } from "../testing/config.ts";
import { isRouted, ROUTES, type Route } from "../urls/routes.ts";
import { canonicalJson } from "./canonical-json.ts";

const config = parseConfig(configWith({ "hosts.funnel.registerFallback": false }), SOURCE);

test("a digest is sha256 and 64 hex digits", () => {
  expect(manifestDigest(manifestWith())).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test("a digest does not depend on the order of keys", () => {
  const manifest = manifestWith();
  const turned = turnedKeys(manifest);
  expect(JSON.stringify(turned)).not.toBe(JSON.stringify(manifest));
  expect(canonicalJson(turned)).toBe(canonicalJson(manifest));
  fc.assert(fc.property(fc.jsonValue(), (value) => canonicalJson(turnedKeys(value)) === canonicalJson(value)));
});

test("canonical JSON keeps the value, and the order of a list", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(canonicalJson([2, 1])).toBe("[2,1]");
});

const CHANGES: readonly Changes[] = [
  { "hosts.canonical.url": "https://hooks.reri.co" },
  { "hosts.funnel.url": "https://other.tailb025a7.ts.net" },
  { "hosts.funnel.mounts": ["/sms", "/voice"] },
  { "hosts.funnel.prefix": "whole" },
  { "hosts.funnel.registerFallback": false },
  { "handler.port": 18799 },
  { "handler.adminPort": 18799 },
  { "handler.process": "twilio-2" },
  { "numbers.0.number": "+19497798472" },
  { "numbers.0.sid": "PN728d17f512c2e9617cf5a9d8f2d7b785" },
  { "siblings.0.rules.0.path": "^/hubspot/x" },
  { "twilio.authToken": "op://Aurora/twilio/auth-token-2" },
  { "twilio.previousAuthToken": { reference: "op://Aurora/twilio/previous", until: "2026-06-01" } },
  { "voice.agent": "+13105550143" },
  { "voice.record": false },
  { "voice.hours.closes": "18:00" },
  { "voice.texts.greeting": "Hello." },
  { "openclaw.agents.callRouting": "other" },
  { "tendlc.status": "submitted" },
];

test.each(CHANGES)("a digest changes with %j", (change) => {
  expect(manifestDigest(manifestWith(change))).not.toBe(manifestDigest(manifestWith()));
});

test("a digest changes with every field of every route", () => {
  const digests = ROUTES.flatMap((route, index) => [
    digestWith(index, { ...route, path: "/other" }),
    digestWith(index, { ...route, title: "Other" }),
    digestWith(
      index,
      isRouted(route) ? { ...route, status: OTHER_STATUS[route.status] } : { ...ANSWERED, path: route.path },
    ),
  ]);
  expect(new Set([...digests, manifestDigest(buildManifest(config))]).size).toBe(digests.length + 1);
});

const OTHER_STATUS = { approved: "alias", alias: "approved" } as const;
const ANSWERED = { event: "inbound-call", title: "Other", status: "alias", role: "voiceFallbackUrl" } as const;

function digestWith(at: number, changed: Route): string {
  const routes = ROUTES.map((route, index) => (index === at ? changed : route));
  return manifestDigest(buildManifest(config, routes));
}

/** The same value with the keys of every object in the opposite order. */
function turnedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turnedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, turnedKeys(inner)] as const);
  return Object.fromEntries(entries.reverse());
}
