import * as pulumi from "@pulumi/pulumi";
import manifest from "./package.json" with { type: "json" };

/**
 * Registers the provider of this package with the engine: the plugin `terraform-provider`, parameterized with twilio/twilio. The parameter comes
 * from package.json, where the engine also reads it.
 *
 * Call it in a constructor, not at import: the runtime keeps the promise for each run, so all resources of a run share one registration.
 */
export function packageReference(): Promise<string> {
  const { name, version, parameterization } = manifest.pulumi;
  return pulumi.runtime.registerPackage({
    baseProviderName: name,
    baseProviderVersion: version,
    baseProviderDownloadUrl: "",
    packageName: parameterization.name,
    packageVersion: parameterization.version,
    base64Parameter: parameterization.value,
  });
}
