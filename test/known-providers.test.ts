import { expect, test } from "vitest";
import { KNOWN_PROVIDERS } from "../hub/known-providers.ts";
import packageJson from "../package.json" with { type: "json" };
import sdk from "../sdks/twilio/package.json" with { type: "json" };

test("the pinned versions are those of the packages", () => {
  expect(KNOWN_PROVIDERS.cloudflare?.version).toBe(packageJson.dependencies["@pulumi/cloudflare"]);
  expect(KNOWN_PROVIDERS.command?.version).toBe(packageJson.dependencies["@pulumi/command"]);
  const { version, value } = sdk.pulumi.parameterization;
  expect(KNOWN_PROVIDERS.twilio?.version).toBe(version);
  expect(JSON.parse(atob(value)).remote).toEqual({ url: KNOWN_PROVIDERS.twilio?.remote, version });
});
