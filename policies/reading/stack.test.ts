import { runtime } from "@pulumi/pulumi";
import { afterEach, expect, test } from "vitest";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { validConfig } from "../../hub/testing/arbitrary-manifest.ts";
import { stackManifest } from "./stack.ts";

const config = Object.fromEntries(
  Object.entries(validConfig()).map(([key, value]) => [`hub:${key}`, JSON.stringify(value)]),
);

afterEach(() => runtime.setAllConfig({}));

test("the pack's manifest is that of the stack's own config", () => {
  runtime.setAllConfig(config);
  expect(stackManifest()).toEqual(buildManifest(parseConfig(validConfig(), "")));
});

test("a stack that is not the hub's is refused, and the missing keys are named", () => {
  expect(() => stackManifest()).toThrow("hub:tendlc: missing; set it");
});

test("a config with another provider's keys is refused", () => {
  runtime.setAllConfig({ ...config, "twilio:username": "x" });
  expect(() => stackManifest()).toThrow("twilio:username");
});
