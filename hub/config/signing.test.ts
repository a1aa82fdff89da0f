import { expect, test } from "vitest";
import { manifestWith, refusal } from "../testing/config.ts";
import { OTHER_KEY, signingWith } from "../testing/signing.ts";
import { ROUTES } from "../urls/routes.ts";
import { SIGNED_ROLES } from "./signing.ts";

test("every role of the route table can have a Rule", () => {
  const roles = ROUTES.flatMap(({ role }) => role ?? []);
  expect([...SIGNED_ROLES].sort()).toEqual([...new Set(roles)].sort());
});

test.each([
  ["keys.0.id", "webhooks_sharedkey_short", "expected the ID of a SharedKey"],
  ["keys.0.algorithm", "HMAC_SHA1", "expected HMAC_SHA256"],
  ["keys.0.secret", "hunter2", "expected a 1Password reference"],
  ["keys.0.from", "2026-12-01", 'expected "YYYY-MM-DDThh:mm:ssZ"'],
  ["keys.0.until", "2026-01-01T00:00:00Z", "expected a moment after from"],
  ["keys", [], "keys"],
  ["settings.0.key", OTHER_KEY, "is not an id of hub:signing.keys"],
  ["settings.0.connection", { connectTimeoutMs: 20_000, readTimeoutMs: 5_000 }, "at most 15000"],
  ["rules.0.settings.0.percentage", 99, "the percentages sum to 99"],
  ["rules.0.settings.0.setting", "unknown", "unknown is not a name of hub:signing.settings"],
  ["rules.0.urls", ["voice"], "expected all, or a list of voiceUrl"],
  ["authToken", "maybe", "expected accept or refuse"],
  ["queries", "no", "expected ignored, matched or unprobed"],
  ["apiKey", undefined, "missing; required if hub:signing.authToken is refuse"],
  ["gateFileKey", undefined, "missing; required if hub:signing.authToken is refuse"],
])("hub:signing.%s: %j is refused", (path, value, message) => {
  const text = refusal({ signing: signingWith({ [path]: value }) });
  expect(text).toContain(message);
  expect(text).not.toContain("hunter2");
});

test("a key, a Setting and a role are each named once", () => {
  const { keys, settings, rules } = signingWith();
  expect(refusal({ signing: signingWith({ keys: [...keys, ...keys] }) })).toContain("duplicate id");
  expect(refusal({ signing: signingWith({ settings: [...settings, ...settings] }) })).toContain("duplicate name");
  expect(refusal({ signing: signingWith({ rules: [...rules, { ...rules[0], urls: ["smsUrl"] }] }) })).toContain(
    "an earlier entry covers smsUrl too",
  );
});

test("a key that a Rule uses has no end; one that no Rule uses may have it", () => {
  const [key] = signingWith().keys;
  const ended = { ...Object(key), id: OTHER_KEY, until: "2027-02-01T00:00:00Z" };
  const second = { name: "second", key: OTHER_KEY };
  const shares = [
    { setting: "first", percentage: 99 },
    { setting: "second", percentage: 1 },
  ];
  expect(refusal({ signing: signingWith({ "keys.0.until": "2027-02-01T00:00:00Z" }) })).toContain(
    "hub:signing.keys[0].until: the Setting first uses this key, and hub:signing.rules uses that Setting",
  );
  const used = { keys: [key, ended], "settings.1": second, "rules.0.settings": shares };
  expect(refusal({ signing: signingWith(used) })).toContain("hub:signing.keys[1].until: the Setting second");
  const unused = signingWith({ keys: [key, ended], "settings.1": second });
  expect(manifestWith({ signing: unused }).secrets.signingKeys).toHaveLength(2);
});
