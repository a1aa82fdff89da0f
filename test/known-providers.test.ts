import { expect, test } from "vitest";
import { KNOWN_PROVIDERS } from "../hub/guards/known-providers.ts";
import packageJson from "../package.json" with { type: "json" };
import sdk from "../sdks/twilio/package.json" with { type: "json" };

test("the pinned versions are those in package.json and in the SDK", () => {
  expect(KNOWN_PROVIDERS.cloudflare?.version).toBe(packageJson.dependencies["@pulumi/cloudflare"]);
  expect(KNOWN_PROVIDERS.command?.version).toBe(packageJson.dependencies["@pulumi/command"]);
  const { name, version: pluginVersion, parameterization } = sdk.pulumi;
  const { version, value } = parameterization;
  const { remote } = JSON.parse(atob(value));
  expect(remote.version).toBe(version);
  expect(KNOWN_PROVIDERS.twilio).toEqual({
    version: pluginVersion,
    bridged: { plugin: name, remote: remote.url, version },
  });
});
