import type { ResourceValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { providerProblems } from "../../hub/guards/known-providers.ts";
import { holdsUnknown, readProperty } from "../reading/known-value.ts";
import { stackConfig } from "../reading/stack.ts";

const PROVIDER = "pulumi:providers:";
const Internal = z.record(z.string(), z.unknown()).optional();

/**
 * A provider is the pinned plugin from its own registry: a program may register any other under a harmless name, by a download address, another
 * version or a parameterization, and its resources then pass for what they are not. Cloudflare's API is the real one, or the config's
 * loopback. Satisfied by the packages of package.json and by leaving `pluginDownloadURL` and `version` out. Types of providers that the stack
 * does not use are `no-sms-campaign`'s. In a preview the engine hides from a policy where the plugin comes from: `tools/plan/kept-resources.ts` reads that.
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
      const problems = holdsUnknown(found)
        ? ["version: it, the download address or the API's address is not known in the preview"]
        : providerProblems(
            type.slice(PROVIDER.length),
            found,
            stackConfig().endpoints,
            Internal.parse(found.__internal),
          );
      for (const problem of problems) {
        reportViolation(
          `${name}.${problem}; take the package that package.json pins (docs/domain.md#compliance-alert)`,
        );
      }
    },
  };
}
