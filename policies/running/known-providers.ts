import type { ResourceValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { providerProblems } from "../../hub/guards/known-providers.ts";
import { holdsUnknown, readProperty } from "../reading/known-value.ts";
import { shown } from "../reading/shown-value.ts";
import { stackConfig } from "../reading/stack.ts";

const PROVIDER = "pulumi:providers:";
const Internal = z.record(z.string(), z.unknown()).optional();

/**
 * A program can register another plugin under a harmless name, by a download address, a version or a parameterization. The plugin's resources would then
 * pass for resources of a known type. Cloudflare's API is the real one or the config's loopback. Types of providers that the stack does not use are for
 * `no-sms-campaign`. In a preview the engine hides from a policy where the plugin comes from: `tools/plan/kept-resources.ts` reads that.
 *
 * @see docs/domain.md#compliance-alert
 */
export function knownProviders(): ResourceValidationPolicy {
  return {
    name: "known-providers",
    description: "A provider is the pinned plugin from its own registry, and talks to the vendor's own API.",
    enforcementLevel: "mandatory",
    validateResource: ({ type, name, props }, reportViolation) => {
      if (!type.startsWith(PROVIDER)) return;
      const names = ["version", "pluginDownloadURL", "baseUrl", "__internal"];
      const found = Object.fromEntries(names.map((key) => [key, readProperty(props, key)]));
      const unknown = names.filter((key) => holdsUnknown(found[key]));
      const problems =
        unknown.length > 0
          ? unknown.map((key) => `${key}: ${shown(found[key])}`)
          : providerProblems(
              type.slice(PROVIDER.length),
              found,
              stackConfig().endpoints,
              Internal.parse(found.__internal),
            );
      for (const problem of problems) {
        reportViolation(`${name}.${problem}; use the package that package.json pins (docs/domain.md#compliance-alert)`);
      }
    },
  };
}
