import { describe, expect, test } from "vitest";
import { manifestWith } from "../testing/config.ts";
import { PENDING_PATH, TEST_ROUTES } from "../testing/routes.ts";
import { E164 } from "../values/values.ts";
import { isRouted, ROUTES } from "./routes.ts";
import { candidateUrls, type HostName, isHttpsUrl, manifestUrls, registeredUrls, routeUrl } from "./urls.ts";

const CANONICAL = "https://webhook.reri.co";
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";
const PRIMARY = E164.parse("+19497798471");
const TOLL_FREE = E164.parse("+18446883807");

const REGISTERED = {
  voiceUrl: `${CANONICAL}/voice/webhook`,
  statusCallback: `${CANONICAL}/voice/status`,
  smsUrl: `${CANONICAL}/sms/webhook`,
  recordingStatusCallback: `${CANONICAL}/voice/recording-complete`,
  transcribeCallback: `${CANONICAL}/voice/transcription`,
  messageStatusCallback: `${CANONICAL}/sms/status`,
};

const candidates = (target: string, prefix = "unprobed") =>
  candidateUrls(manifestWith({ "hosts.funnel.prefix": prefix }, TEST_ROUTES), target).map(({ signedUrl }) => signedUrl);

describe("the URLs that Twilio is given", () => {
  test.each([PRIMARY, TOLL_FREE])("are the same for every number: %s", (number) => {
    expect(registeredUrls(manifestWith(), number)).toEqual({
      ...REGISTERED,
      voiceFallbackUrl: `${FUNNEL}/voice`,
      smsFallbackUrl: `${FUNNEL}/sms`,
    });
  });

  test("include no fallback URL, not even an empty one, if the config does not register it", () => {
    const manifest = manifestWith({ "hosts.funnel.registerFallback": false });
    expect(Object.keys(registeredUrls(manifest, PRIMARY)).toSorted()).toEqual(Object.keys(REGISTERED).toSorted());
    expect(registeredUrls(manifest, PRIMARY)).toEqual(REGISTERED);
  });

  test("include no alias on the canonical host and no pending route", () => {
    const urls = Object.values(registeredUrls(manifestWith({}, TEST_ROUTES), PRIMARY));
    for (const path of ["/voice", "/sms", PENDING_PATH]) expect(urls).not.toContain(`${CANONICAL}${path}`);
  });

  test("do not exist for a number that is not the manifest's", () => {
    expect(() => registeredUrls(manifestWith(), E164.parse("+12135550100"))).toThrow("+12135550100 is not a number");
  });

  test("do not exist if the route table leaves a role out", () => {
    const routes = ROUTES.filter(({ role }) => role !== "smsUrl");
    expect(() => registeredUrls({ ...manifestWith(), routes }, PRIMARY)).toThrow(
      'no approved route has the role "smsUrl"',
    );
  });
});

test("an approved route has its URL on the canonical host, and no other route has one", () => {
  expect(routeUrl(manifestWith(), "/voice/webhook")).toBe(`${CANONICAL}/voice/webhook`);
  for (const path of ["/voice", PENDING_PATH, "/nowhere", "//evil.example"])
    expect(() => routeUrl(manifestWith({}, TEST_ROUTES), path)).toThrow("is not an approved route");
});

describe("the candidates of a request", () => {
  test.each([
    ["/voice/webhook", [`${CANONICAL}/voice/webhook`, `${FUNNEL}/voice/webhook`]],
    ["/webhook", [`${FUNNEL}/voice/webhook`, `${FUNNEL}/sms/webhook`]],
    ["/status", [`${FUNNEL}/voice/status`, `${FUNNEL}/sms/status`]],
    ["/recording-complete", [`${FUNNEL}/voice/recording-complete`]],
    ["/voice", [`${CANONICAL}/voice`, `${FUNNEL}/voice`]],
    ["/", [`${FUNNEL}/voice`, `${FUNNEL}/sms`]],
  ])("that arrives as %s are these, the canonical host first, while the funnel is unprobed", (target, urls) => {
    expect(candidates(target)).toEqual(urls);
  });

  test("of / and /webhook are only the funnel's if its mount is stripped, and the whole path is the tunnel's", () => {
    expect(candidates("/", "stripped")).toEqual([`${FUNNEL}/voice`, `${FUNNEL}/sms`]);
    expect(candidates("/webhook", "stripped")).toEqual([`${FUNNEL}/voice/webhook`, `${FUNNEL}/sms/webhook`]);
    expect(candidates("/voice/webhook", "stripped")).toEqual([`${CANONICAL}/voice/webhook`]);
  });

  test("do not exist for / and /webhook if the funnel delivers whole paths", () => {
    expect(candidates("/", "whole")).toEqual([]);
    expect(candidates("/webhook", "whole")).toEqual([]);
    expect(candidates("/sms", "whole")).toEqual([`${CANONICAL}/sms`, `${FUNNEL}/sms`]);
  });

  test.each([
    "",
    PENDING_PATH,
    "/voice/",
    "/voice/webhook/",
    "//voice",
    "/Voice",
    "/voice%2Fwebhook",
    "/openphone/voice",
  ])("do not exist for %j", (target) => {
    expect(candidates(target)).toEqual([]);
  });

  test.each(["?turn=1", "?", "?a=%27b'c&&d", "?x=/voice?y", "?a=b+c%20d#e"])("carry the query %s verbatim", (query) => {
    expect(candidates(`/voice${query}`)).toEqual([`${CANONICAL}/voice${query}`, `${FUNNEL}/voice${query}`]);
  });

  test("name the route of each", () => {
    const found = candidateUrls(manifestWith(), "/").map(({ host, route }) => [host, route.path, route.event]);
    expect(found).toEqual([
      ["funnel", "/voice", "inbound-call"],
      ["funnel", "/sms", "inbound-text"],
    ]);
  });

  test("are the same whether or not the fallback is registered", () => {
    const off = manifestWith({ "hosts.funnel.registerFallback": false });
    expect(candidateUrls(off, "/voice").map(({ signedUrl }) => signedUrl)).toEqual(candidates("/voice"));
  });
});

test("the manifest's URLs are every routed path on both hosts, and on the funnel's only what a mount covers", () => {
  const pathsOn = (name: HostName) =>
    manifestUrls(manifestWith()).flatMap(({ host, route }) => (host === name ? [route.path] : []));
  const routed = ROUTES.filter(isRouted).map(({ path }) => path);
  expect(routed).toEqual(expect.arrayContaining(["/voice/webhook", "/sms/status", "/voice", "/sms"]));
  expect(pathsOn("canonical")).toEqual(routed);
  expect(pathsOn("funnel")).toEqual(routed.filter((path) => /^\/(voice|sms)(\/|$)/.test(path)));
  const half = manifestUrls(manifestWith({ "hosts.funnel.mounts": ["/sms"], "hosts.funnel.registerFallback": false }));
  expect(half.filter(({ host }) => host === "funnel").map(({ url }) => url)).toEqual([
    `${FUNNEL}/sms/webhook`,
    `${FUNNEL}/sms/status`,
    `${FUNNEL}/sms`,
  ]);
});

test.each(["https://webhook.reri.co", "https://webhook.reri.co/voice", "https://a.ts.net/voice/recording-complete"])(
  "%s can be registered",
  (url) => {
    expect(isHttpsUrl(url)).toBe(true);
  },
);

test.each([
  ...["http://webhook.reri.co/voice", "webhook.reri.co/voice", "/voice", "https://", "https:///voice"],
  ...["https://webhook.reri.co/", "https://webhook.reri.co/voice/", "https://webhook.reri.co//voice"],
  ...["https://webhook.reri.co:443/voice", "https://a:b@webhook.reri.co/voice"],
  ...["https://webhook.reri.co/voice?x=1", "https://webhook.reri.co/voice#rc=2", "https://webhook.reri.co/a b"],
])("%s cannot", (url) => {
  expect(isHttpsUrl(url)).toBe(false);
});
