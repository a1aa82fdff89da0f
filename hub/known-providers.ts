/** Which plugins the stack's providers are. The versions are those of package.json and sdks/twilio, which a test compares. */
import { z } from "zod";
import { shownText } from "./shown-text.ts";

/** The pinned version of each package, and what the bridged one is a parameter of. */
export const KNOWN_PROVIDERS: Readonly<Record<string, { readonly version: string; readonly remote?: string }>> = {
  cloudflare: { version: "6.22.1" },
  command: { version: "1.2.1" },
  twilio: { version: "0.18.46", remote: "registry.opentofu.org/twilio/twilio" },
};

const Parameter = z.object({ remote: z.object({ url: z.string(), version: z.string() }) });

/**
 * What is wrong with a provider's inputs, property by property. A package that the stack does not use has nothing here.
 *
 * @param internal what the engine keeps of the plugin (`__internal`): where it comes from, and what it is a parameter of. A policy is not shown it
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
    ...(internal === undefined ? [] : parameterProblems(known, internal.parameterization)),
    ...(found.baseUrl === undefined || found.baseUrl === endpoints?.cloudflare
      ? []
      : ["baseUrl: it is not hub:endpoints.cloudflare, so requests and the token would go elsewhere"]),
  ];
}

function parameterProblems({ version, remote }: { version: string; remote?: string }, parameter: unknown): string[] {
  if (remote === undefined)
    return parameter === undefined ? [] : ["parameterization: another provider stands behind this name"];
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
