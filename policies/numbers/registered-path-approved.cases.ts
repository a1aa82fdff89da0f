import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { configWith, manifestWith } from "../../hub/testing/config.ts";
import { asPending, PENDING_PATH, TEST_ROUTES } from "../../hub/testing/routes.ts";
import { ROUTES } from "../../hub/urls/routes.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { number } from "../testing/hub.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const HOST = "https://webhook.reri.co";
const FUNNEL = "https://srv1347501.tailb025a7.ts.net";
const NO_FALLBACK = { "hosts.funnel.registerFallback": false };
const aliasesPending = ROUTES.map((route) => (route.status === "alias" ? asPending(route) : route));

/** The cases of the policy registered-path-approved. */
export const cases: readonly PolicyCase[] = [
  { name: "the manifest's URLs", resources: [number()], violates: undefined },
  {
    name: "no URL",
    resources: [number({ voiceUrl: undefined, smsUrl: "", voiceFallbackUrl: undefined })],
    violates: undefined,
  },
  {
    name: "another approved path: another policy decides which property has it",
    resources: [number({ voiceUrl: `${HOST}/sms/webhook` })],
    violates: undefined,
  },
  {
    name: "another type",
    resources: [resource("other:index:Type", { voiceUrl: `${HOST}/nowhere` })],
    violates: undefined,
  },
  {
    name: "an alias in place of the path",
    resources: [number({ voiceUrl: `${HOST}/voice` })],
    violates:
      /^primary\.voiceUrl: found "https:\/\/webhook\.reri\.co\/voice", which does not lead to an approved route's path/,
  },
  {
    name: "the pending path",
    resources: [number({ smsUrl: `${HOST}${PENDING_PATH}` })],
    manifest: manifestWith({}, TEST_ROUTES),
    violates: /^primary\.smsUrl: .*\/fax\/webhook", which does not lead to an approved route's path/,
  },
  {
    name: "a path that is not a route",
    resources: [number({ statusCallback: `${HOST}/voice/status/` })],
    violates: /^primary\.statusCallback: .*\/voice\/status\/", which/,
  },
  {
    name: "a text that is not a URL",
    resources: [number({ voiceUrl: "/voice/webhook" })],
    violates: /^primary\.voiceUrl: found a text \(not shown\), which does not lead/,
  },
  {
    name: "a list with the URL in it",
    resources: [number({ voiceUrl: [`${HOST}/voice/webhook`] })],
    violates: /^primary\.voiceUrl: .*which does not lead to an approved/,
  },
  {
    name: "an approved path as a fallback",
    resources: [number({ voiceFallbackUrl: `${FUNNEL}/voice/webhook` })],
    violates: /^primary\.voiceFallbackUrl: .*\/voice\/webhook", which does not lead to the alias of this fallback/,
  },
  {
    name: "an approved path as a text's fallback",
    resources: [number({ smsFallbackUrl: `${FUNNEL}/sms/webhook` })],
    violates: /^primary\.smsFallbackUrl: .*not lead to the alias/,
  },
  {
    name: "the other fallback's alias",
    resources: [number({ smsFallbackUrl: `${FUNNEL}/voice` })],
    violates: /^primary\.smsFallbackUrl: .*not lead to the alias of this fallback/,
  },
  {
    name: "an alias that is pending",
    resources: [number()],
    manifest: buildManifest(parseConfig(configWith(NO_FALLBACK), "the case"), aliasesPending),
    violates: /^primary\.voiceFallbackUrl: .*not lead to the alias of this fallback/,
  },
  {
    name: "a URL that is not known yet",
    resources: [number({ voiceUrl: UNKNOWN })],
    violates: /^primary\.voiceUrl: its value is not known in the preview; take it from registeredUrls/,
  },
];
