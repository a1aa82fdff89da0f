import { expect, test } from "vitest";
import { parseConfig } from "./config/parse.ts";
import { buildManifest } from "./manifest.ts";
import { validConfig } from "./testing/arbitrary-manifest.ts";
import { manifestWith, messageOf, SOURCE } from "./testing/config.ts";
import { ROUTES } from "./urls/routes.ts";

const config = parseConfig(validConfig(), SOURCE);

test("the manifest is deeply frozen", () => {
  expect(thawed(manifestWith())).toEqual([]);
});

test("the manifest holds references to secrets", () => {
  expect(manifestWith().secrets).toEqual({
    accountSid: "op://Aurora/twilio/account-sid",
    authToken: "op://Aurora/twilio/auth-token",
  });
  const previousAuthToken = { reference: "op://Aurora/twilio/previous", until: "2026-06-01" };
  const changed = manifestWith({ "twilio.previousAuthToken": previousAuthToken });
  expect(changed.secrets).toEqual({ ...manifestWith().secrets, previousAuthToken });
});

test("the manifest holds the handler's settings, but not the folder of its releases", () => {
  const { handler, voice, openclaw } = manifestWith();
  expect(handler).toEqual({ port: 18797, adminPort: 18798, process: "twilio", gateFile: "gate" });
  expect({ voice, openclaw }).toEqual({ voice: config.voice, openclaw: config.openclaw });
});

test("a path that is in the route table twice is refused by name", () => {
  const twice = [...ROUTES, ...ROUTES.slice(4, 5)];
  expect(messageOf(() => buildManifest(config, twice))).toContain('hub/urls/routes.ts: duplicate path "/sms/webhook"');
});

test.each(["/voice/", "voice", "/", "/v(1|2)"])("the path %j of a route table is refused", (path) => {
  const routes = ROUTES.map((route, index) => (index === 2 ? { ...route, path } : route));
  expect(messageOf(() => buildManifest(config, routes))).toContain("hub/urls/routes.ts: path 2 of the route table: ");
});

test.each([
  ["/voice/statuses", "/voice/status"],
  ["/smsfax/webhook", "/sms"],
  ["/voicemail", "/voice"],
])("the path %j is refused beside %j: one signature would fit both", (path, shorter) => {
  const routes = ROUTES.map((route) => (route.status === "pending" ? { ...route, path } : route));
  expect(messageOf(() => buildManifest(config, routes))).toContain(
    `hub/urls/routes.ts: path "${path}" is "${shorter}" plus`,
  );
});

test.each(["/voice-mail", "/voice/status/2", "/sms2"])(
  "the path %j is taken: no parameter's name begins like its end",
  (path) => {
    const routes = ROUTES.map((route) => (route.status === "pending" ? { ...route, path } : route));
    expect(buildManifest(config, routes).routes).toEqual(routes);
  },
);

/** The paths of all objects that are not frozen. */
function thawed(value: unknown, path = "manifest"): string[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, child]) => thawed(child, `${path}.${key}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}

test("a fallback that no mount delivers is refused, not silently left out", () => {
  const hosts = { canonical: { url: "https://webhook.reri.co" } };
  const funnel = { url: "https://a.ts.net", mounts: ["/voice"], prefix: "whole", registerFallback: true };
  const config = parseConfig({ ...validConfig(), hosts: { ...hosts, funnel } }, SOURCE);
  expect(() => buildManifest(config)).toThrow('hub:hosts.funnel.registerFallback: true, but no mount covers "/sms"');
});
