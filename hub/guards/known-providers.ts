/** The pinned plugins of the stack's providers. A test compares the versions with package.json and sdks/twilio. */
import { z } from "zod";
import { shownText } from "../values/shown-text.ts";

/** A package's plugin. */
interface KnownProvider {
  /** The plugin's version, which the engine records for the provider. A parameterized package also has its own version. */
  readonly version: string;
  /** Present only for a parameterized package: its plugin's name, and the Terraform provider that the plugin bridges. */
  readonly bridged?: { readonly plugin: string; readonly remote: string; readonly version: string };
}

/** The pinned plugin of each package. */
export const KNOWN_PROVIDERS: Readonly<Record<string, KnownProvider>> = {
  cloudflare: { version: "6.22.1" },
  command: { version: "1.2.1" },
  twilio: {
    version: "1.1.3",
    bridged: { plugin: "terraform-provider", remote: "registry.opentofu.org/twilio/twilio", version: "0.18.46" },
  },
};

const Parameter = z.object({ remote: z.object({ url: z.string(), version: z.string() }) });

/**
 * The problems of a provider's inputs, a line for each property. A package that the stack does not use has none.
 *
 * @param internal the engine's record of the plugin (`__internal`): its name, its source and its parameter. A policy does not see it in a
 * preview
 */
export function providerProblems(
  name: string,
  found: Readonly<Record<string, unknown>>,
  endpoints: { readonly cloudflare: string } | undefined,
  internal?: Readonly<Record<string, unknown>>,
): string[] {
  const known = KNOWN_PROVIDERS[name];
  if (known === undefined) return [];
  return [
    ...((found.pluginDownloadURL ?? internal?.pluginDownloadURL) === undefined
      ? []
      : ["pluginDownloadURL: the plugin would come from elsewhere"]),
    ...(found.version === undefined || found.version === known.version
      ? []
      : [`version: found ${shownText(String(found.version))}, and ${known.version} is pinned`]),
    ...(internal === undefined ? [] : pluginProblems(name, known, internal)),
    ...(found.baseUrl === undefined || found.baseUrl === endpoints?.cloudflare
      ? []
      : ["baseUrl: it is not hub:endpoints.cloudflare, so requests and the token would go elsewhere"]),
  ];
}

/** The plugin and its parameter identify a parameterized package. The engine records both, and the plugin's version a second time. */
function pluginProblems(
  name: string,
  { version, bridged }: KnownProvider,
  internal: Readonly<Record<string, unknown>>,
): string[] {
  const plugin = internal.name ?? name;
  const expected = bridged?.plugin ?? name;
  const base = bridged === undefined ? version : internal.version;
  return [
    ...(plugin === expected ? [] : [`plugin: found ${shownText(String(plugin))}, and ${expected} is pinned`]),
    ...(base === version ? [] : [`plugin: found version ${shownText(String(base))}, and ${version} is pinned`]),
    ...parameterProblems(bridged, internal.parameterization),
  ];
}

function parameterProblems(bridged: KnownProvider["bridged"], parameter: unknown): string[] {
  if (bridged === undefined)
    return parameter === undefined ? [] : ["parameterization: another provider stands behind this name"];
  const { remote, version } = bridged;
  const parsed = typeof parameter === "string" ? parse(parameter) : undefined;
  const isPinned = parsed?.remote.url === remote && parsed.remote.version === version;
  return isPinned ? [] : [`parameterization: it is not ${remote} ${version}`];
}

function parse(parameter: string): z.infer<typeof Parameter> | undefined {
  try {
    return Parameter.safeParse(JSON.parse(atob(parameter))).data;
  } catch {
    return undefined;
  }
}
