import { describe, expect, test } from "vitest";
import { validConfig } from "../hub/arbitrary-manifest.ts";
import { buildManifest } from "../hub/manifest.ts";
import { parseConfig } from "../hub/parse-config.ts";
import { PHONE_NUMBER_TYPE } from "../hub/resource-types.ts";
import { registeredUrls } from "../hub/urls.ts";
import { WEBHOOK_PROPERTIES } from "../hub/webhook-url.ts";
import { resource, UNKNOWN, violations } from "./test-resource.ts";
import { webhookUrlExact } from "./webhook-url-exact.ts";

const manifest = buildManifest(parseConfig(validConfig(), "Pulumi.test.yaml"));
const policy = webhookUrlExact(() => manifest);
const [NUMBER] = manifest.numbers.map(({ number }) => registeredUrls(manifest, number));
const METHODS = Object.fromEntries(WEBHOOK_PROPERTIES.map(({ method }) => [method, "POST"]));
const check = (props: Readonly<Record<string, unknown>>, type = PHONE_NUMBER_TYPE) =>
  violations(policy, resource(type, { ...NUMBER, ...METHODS, ...props }));

test("a number with exactly the manifest's URLs and POST passes", async () => {
  expect(await check({})).toEqual([]);
});

test("a URL that is not set passes", async () => {
  expect(await check({ voiceFallbackUrl: undefined, smsFallbackUrl: "" })).toEqual([]);
});

describe.each(WEBHOOK_PROPERTIES)("$url", ({ url, method }) => {
  test.each([
    "https://webhook.reri.co/voice/webhook/",
    "http://webhook.reri.co/voice/webhook",
    "https://webhook.reri.co/whatsapp/webhook",
    "https://webhook.reri.co/voice",
    "/voice/webhook",
  ])("may not be %s", async (value) => {
    const [message, ...others] = await check({ [url]: value });
    expect(message).toContain(`subject.${url}: "${value}" `);
    expect(others).toEqual([]);
  });

  test("may not be another property's URL", async () => {
    const other = url === "smsUrl" ? NUMBER?.voiceUrl : NUMBER?.smsUrl;
    expect(await check({ [url]: other })).toEqual([expect.stringContaining(`subject.${url}: `)]);
  });

  test("may not be unknown in a preview", async () => {
    expect(await check({ [url]: UNKNOWN })).toEqual([
      expect.stringContaining(`subject.${url}: its value is not known`),
    ]);
  });

  test.each([null, 5, ["https://webhook.reri.co/voice/webhook", ""]])("may not be %j", async (value) => {
    expect(await check({ [url]: value })).toHaveLength(1);
  });

  test("is called with POST alone", async () => {
    expect(await check({ [method]: "GET" })).toEqual([expect.stringContaining(`subject.${method}: "GET" is not POST`)]);
    expect(await check({ [method]: UNKNOWN })).toEqual([expect.stringContaining(`${method}: its value is not known`)]);
  });
});

test("all that is wrong with a number is said at once", async () => {
  expect(await check({ voiceUrl: "https://a.co", smsUrl: UNKNOWN, smsMethod: "GET" })).toHaveLength(3);
});

test("other types are passed over", async () => {
  expect(await check({ voiceUrl: UNKNOWN }, "cloudflare:index/dnsRecord:DnsRecord")).toEqual([]);
});

test("a violation stops the run", () => {
  expect(policy.enforcementLevel).toBe("mandatory");
});
