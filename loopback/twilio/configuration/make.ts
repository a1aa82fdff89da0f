/** New resources, and resources that were there before a test. */
import { randomBytes } from "node:crypto";
import type { z } from "zod";
import { checkRule, checkSetting, parsed } from "./checks.ts";
import { PostRule, PostSetting, type Rule, type Setting, type SharedKey } from "./resources.ts";
import type { WebhooksConfiguration } from "./state.ts";
import { newTypeId } from "./type-id.ts";

/** The current time as the API writes it. */
export function now(): string {
  return new Date().toISOString();
}

function stamps() {
  const at = now();
  return { createdAt: at, updatedAt: at };
}

/** Makes a Setting from the parsed body of a request. */
export function newSetting(body: z.infer<typeof PostSetting>): Setting {
  return { id: newTypeId("webhooks_setting"), type: "CUSTOMER", ...body, ...stamps() };
}

/** Makes a Rule from the parsed body of a request. */
export function newRule(body: z.infer<typeof PostRule>): Rule {
  return { id: newTypeId("webhooks_rule"), ...body, ...stamps() };
}

/** Makes a SharedKey, with a new secret unless one is given. */
export function newSharedKey(friendlyName: string, secret = randomBytes(32).toString("hex")): SharedKey {
  return { id: newTypeId("webhooks_sharedkey"), friendlyName, ...stamps(), secret };
}

/** Adds a SharedKey that applies at once. */
export function placeSharedKey(configuration: WebhooksConfiguration, friendlyName: string, secret?: string): SharedKey {
  const key = newSharedKey(friendlyName, secret);
  configuration.place(({ sharedKeys }) => sharedKeys.set(key.id, key));
  return key;
}

/**
 * Adds a Setting that applies at once.
 *
 * @param body the body of the request that would make it
 * @param type `SYSTEM` for one that Twilio manages
 * @throws Problem if the API would refuse it
 */
export function placeSetting(
  configuration: WebhooksConfiguration,
  body: z.input<typeof PostSetting>,
  type: Setting["type"] = "CUSTOMER",
): Setting {
  const setting = { ...newSetting(parsed(PostSetting, body)), type };
  checkSetting(configuration.saved, setting);
  configuration.place(({ settings }) => settings.set(setting.id, setting));
  return setting;
}

/**
 * Adds a Rule that applies at once, like one that somebody else made.
 *
 * @param body the body of the request that would make it
 * @throws Problem if the API would refuse it
 */
export function placeRule(configuration: WebhooksConfiguration, body: z.input<typeof PostRule>): Rule {
  const rule = newRule(parsed(PostRule, body));
  checkRule(configuration.saved, rule);
  configuration.place(({ rules }) => rules.set(rule.id, rule));
  return rule;
}
