import { manifestWith } from "../../hub/testing/config.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { command, number, stagedRelease } from "../testing/hub.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const HOST = "https://webhook.reri.co";
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";
const OTHER = `sha256:${"0".repeat(64)}`;

/** The cases of the policy registered-is-candidate. */
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
      /^primary\.voiceUrl: found ".*\/", which no host delivers to the handler; take it from registeredUrls \(hub\/urls\/urls\.ts; docs\/domain\.md#webhook-handler\)/,
  },
  {
    name: "a host that is not the hub's",
    resources: [number({ smsUrl: "https://example.com/sms/webhook" })],
    violates: /^primary\.smsUrl: .*no host delivers to the handler/,
  },
  {
    name: "a fragment, which is delivered and not signed",
    resources: [number({ voiceUrl: `${HOST}/voice/webhook#rc=2` })],
    violates: /^primary\.voiceUrl: .* is not a candidate URL of the request in which it arrives/,
  },
  {
    name: "http",
    resources: [number({ statusCallback: "http://webhook.reri.co/voice/status" })],
    violates: /^primary\.statusCallback: .* is not a candidate URL of the request in which it arrives/,
  },
  {
    name: "a path that the funnel delivers and that is not a route",
    resources: [number({ voiceFallbackUrl: `${FUNNEL}/voice/other` })],
    violates: /^primary\.voiceFallbackUrl: .* is not a candidate URL of the request in which it arrives/,
  },
  {
    name: "a text that is not a URL",
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
    violates: /^primary\.voiceUrl: .*no host delivers to the handler/,
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
      /^staged-release\.environment\.HUB_MANIFEST: found sha256:0+; stage a release of the config's manifest, sha256:[0-9a-f]{64} \(docs\/domain\.md#webhook-handler\)$/,
  },
  {
    name: "a release without a manifest",
    resources: [stagedRelease({}, { HUB_MANIFEST: undefined })],
    violates: /HUB_MANIFEST: found no digest; stage a release/,
  },
  {
    name: "a release without variables",
    resources: [stagedRelease({ environment: undefined })],
    violates: /HUB_MANIFEST: found no digest; stage a release/,
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
