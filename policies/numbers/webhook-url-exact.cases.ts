import { DNS_RECORD_TYPE, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { manifestWith } from "../../hub/testing/config.ts";
import { PENDING_PATH, TEST_ROUTES } from "../../hub/testing/routes.ts";
import { WEBHOOK_PROPERTIES } from "../../hub/urls/registered-url.ts";
import { registeredUrls } from "../../hub/urls/urls.ts";
import type { PolicyCase } from "../testing/cases.ts";
import { type Place, resource, UNKNOWN } from "../testing/resource.ts";

const manifest = manifestWith({}, TEST_ROUTES);
const [first] = manifest.numbers;
const METHODS = Object.fromEntries(WEBHOOK_PROPERTIES.map(({ method }) => [method, "POST"]));
const number = (props: Readonly<Record<string, unknown>>, place: Place = {}) => [
  resource(PHONE_NUMBER_TYPE, { ...(first && registeredUrls(manifest, first.number)), ...METHODS, ...props }, place),
];

const WRONG: readonly (readonly [url: unknown, why: RegExp])[] = [
  ["http://webhook.reri.co/voice/webhook", /is not https/],
  ["https://webhook.reri.co:443/voice/webhook", /has a port/],
  ["https://user:word@webhook.reri.co/voice/webhook", /found ".*", which has credentials/],
  ["https://webhook.reri.co/voice/webhook?token=1", /has a query/],
  ["https://webhook.reri.co/voice/webhook#rc=2", /has a fragment/],
  ["https://webhook.reri.co/voice/webhook/", /has a trailing slash/],
  [
    "https://elsewhere.reri.co/hunter2",
    /found a URL of elsewhere\.reri\.co \(its path is not shown\), which is not one of the manifest's/,
  ],
  ["https://Webhook.reri.co/voice/webhook", /not one of the manifest's/],
  [`https://webhook.reri.co${PENDING_PATH}`, /not one of the manifest's/],
  ["https://webhook.reri.co/voice", /is not|not one of/],
  ["/hunter2", /found a text \(not shown\), which is not an absolute URL/],
  [null, /is not set, and https/],
  [["https://webhook.reri.co/voice/webhook"], /which is not a text/],
  [UNKNOWN, /not known in the preview/],
];

/** The cases of the policy webhook-url-exact. */
export const cases: readonly PolicyCase[] = [
  { name: "a number with exactly the manifest's URLs and POST passes", resources: number({}), violates: undefined },
  {
    name: "a fallback that the stack does not register may be left out",
    resources: number({
      voiceFallbackUrl: undefined,
      voiceFallbackMethod: undefined,
      smsFallbackUrl: "",
      smsFallbackMethod: "",
    }),
    config: { "hosts.funnel.registerFallback": false },
    violates: undefined,
  },
  {
    name: "a fallback that the stack does not register may not be set",
    resources: number({}),
    config: { "hosts.funnel.registerFallback": false },
    violates: /subject\.voiceFallbackUrl: found ".*\/voice", which is not registered by this stack/,
  },
  {
    name: "other types pass",
    resources: [resource(DNS_RECORD_TYPE, { voiceUrl: UNKNOWN })],
    violates: undefined,
  },
  ...WEBHOOK_PROPERTIES.flatMap(({ url, method }) => [
    ...WRONG.map(([value, violates], index) => ({
      name: `${url} may not be wrong in the way ${index}`,
      resources: number({ [url]: value }),
      manifest,
      violates: new RegExp(`subject\\.${url}: .*(${violates.source})`),
    })),
    {
      name: `${url} may not be another property's`,
      resources: number({ [url]: `https://webhook.reri.co/${url === "smsUrl" ? "voice" : "sms"}/webhook` }),
      violates: new RegExp(`subject\\.${url}: .* is not`),
    },
    {
      name: `${url} may not be left out`,
      resources: number({ [url]: undefined }),
      violates: /is not set, and https:\/\//,
    },
    { name: `${url} may not be empty`, resources: number({ [url]: "" }), violates: /is not set, and https:\/\// },
    {
      name: `${method} may not be GET`,
      resources: number({ [method]: "GET" }),
      violates: /found "GET", which is not POST/,
    },
    { name: `${method} may not be unknown`, resources: number({ [method]: UNKNOWN }), violates: /not known/ },
    {
      name: `${method} may not be left out`,
      resources: number({ [method]: undefined }),
      violates: /Method: is not set/,
    },
  ]),
  {
    name: "another property may be in ignoreChanges",
    resources: number({}, { opts: { ignoreChanges: ["friendlyName"] } }),
    violates: undefined,
  },
  ...["voiceUrl", "smsMethod", "*", '["voiceUrl"]', '["smsMethod"]'].map((path) => ({
    name: `${path} may not be in ignoreChanges`,
    resources: number({}, { opts: { ignoreChanges: [path] } }),
    violates: /ignoreChanges/,
  })),
];
