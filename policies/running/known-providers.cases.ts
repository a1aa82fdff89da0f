import type { PolicyCase } from "../testing/cases.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const parameter = (url: string, version: string) => btoa(JSON.stringify({ remote: { url, version }, includes: [] }));
const REMOTE = "registry.opentofu.org/twilio/twilio";
const PLUGIN = { name: "terraform-provider", version: "1.1.3" };
const twilio = (parameterization?: unknown, plugin: Readonly<Record<string, unknown>> = PLUGIN, version = "1.1.3") => [
  resource("pulumi:providers:twilio", { version, __internal: { ...plugin, parameterization } }),
];
const PINNED = parameter(REMOTE, "0.18.46");
const cloudflare = (props: Readonly<Record<string, unknown>>) => [
  resource("pulumi:providers:cloudflare", { version: "6.22.1", __internal: {}, ...props }),
];

/** The cases of the policy known-providers. */
export const cases: readonly PolicyCase[] = [
  {
    name: "the pinned providers pass",
    resources: [...cloudflare({}), ...twilio(PINNED)],
    violates: undefined,
  },
  {
    name: "other types pass",
    resources: [resource("command:local:Command", { version: UNKNOWN })],
    violates: undefined,
  },
  {
    name: "no plugin comes from elsewhere",
    resources: cloudflare({ __internal: { pluginDownloadURL: "https://a.co" } }),
    violates: /pluginDownloadURL: /,
  },
  {
    name: "no plugin comes from elsewhere by an input either",
    resources: cloudflare({ pluginDownloadURL: "https://a.co" }),
    violates: /pluginDownloadURL: /,
  },
  {
    name: "no other version is accepted",
    resources: cloudflare({ version: "0.0.1" }),
    violates: /version: found "0\.0\.1", and 6\.22\.1 is pinned/,
  },
  {
    name: "an unknown version is refused",
    resources: cloudflare({ version: UNKNOWN }),
    violates: /^subject\.version: its value is not known in the preview; use the package/,
  },
  {
    name: "no other provider is behind the name",
    resources: cloudflare({ __internal: { parameterization: "e30=" } }),
    violates: /another provider stands behind/,
  },
  {
    name: "the bridged provider is twilio's",
    resources: twilio(parameter("registry.opentofu.org/x/y", "0.18.46")),
    violates: /it is not registry/,
  },
  {
    name: "the bridged provider is the pinned one",
    resources: twilio(parameter(REMOTE, "0.0.1")),
    violates: /it is not registry/,
  },
  {
    name: "the bridged provider has its plugin's version and not the package's",
    resources: twilio(PINNED, PLUGIN, "0.18.46"),
    violates: /version: found "0\.18\.46", and 1\.1\.3 is pinned/,
  },
  {
    name: "no other plugin bridges it",
    resources: twilio(PINNED, { ...PLUGIN, name: "elsewhere" }),
    violates: /plugin: found "elsewhere", and terraform-provider is pinned/,
  },
  {
    name: "a bridged provider names its plugin",
    resources: twilio(PINNED, { version: "1.1.3" }),
    violates: /plugin: found "twilio", and terraform-provider is pinned/,
  },
  {
    name: "no other version of the plugin bridges it",
    resources: twilio(PINNED, { ...PLUGIN, version: "1.1.2" }),
    violates: /plugin: found version "1\.1\.2", and 1\.1\.3 is pinned/,
  },
  {
    name: "no other plugin is behind a package that has its own",
    resources: cloudflare({ __internal: { name: "terraform-provider" } }),
    violates: /plugin: found "terraform-provider", and cloudflare is pinned/,
  },
  { name: "the bridged provider has a parameter", resources: twilio(), violates: /it is not registry/ },
  { name: "a parameter that cannot be read is refused", resources: twilio("%"), violates: /it is not registry/ },
  { name: "the API is the vendor's", resources: cloudflare({ baseUrl: "https://a.co" }), violates: /baseUrl: / },
  {
    name: "the API may be the config's loopback",
    resources: cloudflare({ baseUrl: "http://127.0.0.1:18980/client/v4" }),
    config: { endpoints: { cloudflare: "http://127.0.0.1:18980/client/v4", twilioProxy: "http://127.0.0.1:18981" } },
    violates: undefined,
  },
];
