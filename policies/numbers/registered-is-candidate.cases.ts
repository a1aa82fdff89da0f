import { manifestWith } from "../../hub/testing/config.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { command, number, stagedRelease } from "../testing/hub.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const HOST = "https://webhook.reri.co";
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";
const OTHER = `sha256:${"0".repeat(64)}`;

export const cases: readonly PolicyCase[] = [
  { name: "the manifest's URLs and digest", resources: [number(), stagedRelease()], violates: undefined },
  { name: "no URL", resources: [number({ voiceUrl: undefined, smsUrl: "" })], violates: undefined },
  {
    name: "a query travels verbatim",
    resources: [number({ voiceUrl: `${HOST}/voice/webhook?a=%27` })],
    violates: undefined,
  },
  {
    name: "another type",
    resources: [resource("other:index:Type", { voiceUrl: `${HOST}/nowhere` })],
    violates: undefined,
  },
  {
    name: "another command's variable",
    resources: [command("other", { environment: { HUB_MANIFEST: OTHER } })],
    violates: undefined,
  },
  {
    name: "a path that no rule delivers",
    resources: [number({ voiceUrl: `${HOST}/voice/webhook/` })],
    violates:
      /^primary\.voiceUrl: found ".*\/", which is delivered to the handler by no host; take it from registeredUrls \(docs\/domain\.md#webhook-handler\)/,
  },
  {
    name: "a host that is nobody's",
    resources: [number({ smsUrl: "https://example.com/sms/webhook" })],
    violates: /^primary\.smsUrl: .*delivered to the handler by no host/,
  },
  {
    name: "a fragment, which is delivered and not signed",
    resources: [number({ voiceUrl: `${HOST}/voice/webhook#rc=2` })],
    violates: /^primary\.voiceUrl: .* is no candidate for the request as which it arrives/,
  },
  {
    name: "http",
    resources: [number({ statusCallback: "http://webhook.reri.co/voice/status" })],
    violates: /^primary\.statusCallback: .* is no candidate for the request as which it arrives/,
  },
  {
    name: "a path that the funnel delivers and no route has",
    resources: [number({ voiceFallbackUrl: `${FUNNEL}/voice/other` })],
    violates: /^primary\.voiceFallbackUrl: .* is no candidate for the request as which it arrives/,
  },
  {
    name: "no URL at all",
    resources: [number({ voiceUrl: "/voice/webhook" })],
    violates: /^primary\.voiceUrl: found a text \(not shown\), which is not an absolute URL/,
  },
  {
    name: "a list with the URL in it",
    resources: [number({ voiceUrl: [`${HOST}/voice/webhook`] })],
    violates: /^primary\.voiceUrl: .*which is not an absolute URL/,
  },
  {
    name: "a manifest with another host",
    resources: [number()],
    manifest: manifestWith({ "hosts.canonical.url": "https://hooks.reri.co" }),
    violates: /^primary\.voiceUrl: .*delivered to the handler by no host/,
  },
  {
    name: "a URL that is not known yet",
    resources: [number({ smsFallbackUrl: UNKNOWN })],
    violates: /^primary\.smsFallbackUrl: its value is not known in the preview/,
  },
  {
    name: "a release of another manifest",
    resources: [stagedRelease({}, { HUB_MANIFEST: OTHER })],
    violates:
      /^staged-release\.environment\.HUB_MANIFEST: found sha256:0+, which is not that of the config's manifest, sha256:[0-9a-f]{64}; stage the config's manifest \(docs\/domain\.md#webhook-handler\)$/,
  },
  {
    name: "a release without a manifest",
    resources: [stagedRelease({}, { HUB_MANIFEST: undefined })],
    violates: /HUB_MANIFEST: found no digest, which is not that/,
  },
  {
    name: "a release without variables",
    resources: [stagedRelease({ environment: undefined })],
    violates: /HUB_MANIFEST: found no digest, which is not that/,
  },
  {
    name: "a digest that is not known yet",
    resources: [stagedRelease({}, { HUB_MANIFEST: UNKNOWN })],
    violates: /HUB_MANIFEST: its value is not known in the preview/,
  },
  {
    name: "variables that are not known yet",
    resources: [stagedRelease({ environment: UNKNOWN })],
    violates: /HUB_MANIFEST: its value is not known in the preview/,
  },
];
