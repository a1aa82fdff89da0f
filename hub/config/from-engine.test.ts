import { expect, test } from "vitest";
import { validConfig } from "../testing/arbitrary-manifest.ts";
import { configWith, messageOf, SOURCE } from "../testing/config.ts";
import { parseEngineConfig } from "./from-engine.ts";

/** A config in the engine's form. */
function engineConfig(config: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [`hub:${key}`, JSON.stringify(value)]));
}

test("values are read as JSON and keys without their namespace", () => {
  expect(parseEngineConfig(engineConfig(validConfig()), SOURCE)).toEqual(validConfig());
});

test("a value that is not JSON is read as text", () => {
  const message = messageOf(() => parseEngineConfig({ ...engineConfig(validConfig()), "hub:owners": "Henry" }, SOURCE));
  expect(message).toContain("hub:owners: expected a list of names");
});

test("keys of a foreign namespace are refused by name, all at once, and their values are not shown", () => {
  const foreign = { "twilio:authToken": "hunter2", "cloudflare:apiToken": "hunter3", plain: "hunter4" };
  const message = messageOf(() => parseEngineConfig({ ...engineConfig(validConfig()), ...foreign }, SOURCE));
  expect(message).toContain(
    `${SOURCE} has keys outside the namespace "hub": twilio:authToken, cloudflare:apiToken, plain;`,
  );
  expect(message).not.toContain("hunter");
});

test.each(["hubs:hosts", "Hub:hosts", "hub"])("a namespace that only looks like the hub's is foreign: %s", (key) => {
  expect(messageOf(() => parseEngineConfig({ ...engineConfig(validConfig()), [key]: "1" }, SOURCE))).toContain(key);
});

test("the engine's own keys are ignored", () => {
  const config = { ...engineConfig(validConfig()), "pulumi:tags": '{"a":"b"}' };
  expect(parseEngineConfig(config, SOURCE)).toEqual(validConfig());
});

test("an unknown or missing key of the hub is named", () => {
  const config = engineConfig(configWith({ owners: undefined, extra: 1 }));
  const message = messageOf(() => parseEngineConfig(config, SOURCE));
  expect(message).toContain("hub:owners: missing; set it");
  expect(message).toContain("hub:extra: unknown key");
});
