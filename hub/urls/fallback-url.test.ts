import { expect, test } from "vitest";
import { parseConfig } from "../config/parse.ts";
import { buildManifest } from "../manifest.ts";
import { validConfig } from "../testing/arbitrary-manifest.ts";
import { fallbackUrlProblem } from "./fallback-url.ts";

const manifest = buildManifest(parseConfig(validConfig(), "Pulumi.test.yaml"));
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";

test.each([
  ["voiceFallbackUrl", `${FUNNEL}/voice`],
  ["voiceFallbackUrl", "https://webhook.reri.co/voice/webhook"],
  ["smsFallbackUrl", `${FUNNEL}/sms/webhook`],
] as const)("a %s that the handler answers as its event is accepted: %s", (property, url) => {
  expect(fallbackUrlProblem(manifest, property, url)).toBeUndefined();
});

test.each([
  ["voiceFallbackUrl", `${FUNNEL}/sms`, "is answered as inbound-text and not as inbound-call"],
  ["smsFallbackUrl", `${FUNNEL}/voice/status`, "is answered as call-status and not as inbound-text"],
  ["voiceFallbackUrl", "https://elsewhere.example/voice", "is not one of the manifest's URLs"],
  ["voiceFallbackUrl", `${FUNNEL}/voice/`, "has a trailing slash, so the handler refuses it"],
] as const)("any other %s is a problem: %s", (property, url, problem) => {
  expect(fallbackUrlProblem(manifest, property, url)).toContain(problem);
});
