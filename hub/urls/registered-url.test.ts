import { describe, expect, test } from "vitest";
import { manifestWith } from "../testing/config.ts";
import { PENDING_PATH, TEST_ROUTES } from "../testing/routes.ts";
import { registeredUrlProblem, WEBHOOK_PROPERTIES, webhookMethodProblem, webhookUrlProblem } from "./registered-url.ts";
import { manifestUrls } from "./urls.ts";

const manifest = manifestWith({}, TEST_ROUTES);
const CANONICAL = "https://webhook.reri.co";
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";

test("every URL of the manifest passes", () => {
  for (const { url } of manifestUrls(manifest)) expect(webhookUrlProblem(manifest, url)).toBeUndefined();
});

test.each([
  ["/voice/webhook", "is not an absolute URL"],
  ["webhook.reri.co/voice", "is not an absolute URL"],
  ["http://webhook.reri.co/voice", "is not https"],
  ["https://me:secret@webhook.reri.co/voice", "has credentials"],
  ["https://webhook.reri.co:443/voice", "has a port"],
  ["https://webhook.reri.co:/voice", "has a port"],
  [`${CANONICAL}/voice?x=1`, "has a query"],
  [`${CANONICAL}/voice?`, "has a query"],
  [`${CANONICAL}/voice#rc=2`, "has a fragment"],
  [`${CANONICAL}/voice/`, "has a trailing slash"],
  [`${CANONICAL}/`, "is not one of the manifest's URLs"],
  [`${CANONICAL}/Voice`, "is not one of the manifest's URLs"],
  ["https://Webhook.reri.co/voice", "is not one of the manifest's URLs"],
  [`${CANONICAL}/voice `, "is not one of the manifest's URLs"],
  [`${CANONICAL}//voice`, "is not one of the manifest's URLs"],
  [`${CANONICAL}/x/../voice`, "is not one of the manifest's URLs"],
  [`${CANONICAL}${PENDING_PATH}`, "is not one of the manifest's URLs"],
  ["https://webhook.reri.co.evil.co/voice", "is not one of the manifest's URLs"],
])("%s %s", (url, problem) => {
  expect(webhookUrlProblem(manifest, url)).toContain(problem);
});

describe("a number's property", () => {
  test.each([
    ["voiceUrl", `${CANONICAL}/voice/webhook`],
    ["voiceFallbackUrl", `${FUNNEL}/voice`],
    ["statusCallback", `${CANONICAL}/voice/status`],
    ["smsUrl", `${CANONICAL}/sms/webhook`],
    ["smsFallbackUrl", `${FUNNEL}/sms`],
  ] as const)("%s accepts %s, and no other URL of the manifest", (property, url) => {
    const taken = manifestUrls(manifest).filter(
      (known) => registeredUrlProblem(manifest, property, known.url) === undefined,
    );
    expect(taken.map((known) => known.url)).toEqual([url]);
  });

  test("names the URL that it should hold", () => {
    const problem = registeredUrlProblem(manifest, "voiceUrl", `${CANONICAL}/sms/webhook`);
    expect(problem).toBe(`is not the manifest's URL of voiceUrl, ${CANONICAL}/voice/webhook`);
  });

  test("names the problem of a URL that is not the manifest's", () => {
    expect(registeredUrlProblem(manifest, "voiceUrl", `${CANONICAL}/voice/webhook/`)).toBe("has a trailing slash");
  });

  test("holds no fallback URL if the config does not register it", () => {
    const off = manifestWith({ "hosts.funnel.registerFallback": false });
    expect(registeredUrlProblem(off, "voiceFallbackUrl", `${FUNNEL}/voice`)).toContain(
      "is not registered by this stack",
    );
  });
});

test("only POST passes as a method", () => {
  expect(webhookMethodProblem("POST")).toBeUndefined();
  for (const method of ["GET", "post", "PUT", ""]) expect(webhookMethodProblem(method)).toContain("is not POST");
});

test("each URL property has its method property", () => {
  for (const { url, method } of WEBHOOK_PROPERTIES) {
    expect(method).toBe(url === "statusCallback" ? "statusCallbackMethod" : url.replace("Url", "Method"));
  }
});
