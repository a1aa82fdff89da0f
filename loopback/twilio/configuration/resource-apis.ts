/** The routes of Settings and SharedKeys. Sources: https://www.twilio.com/docs/usage/webhooks/webhook-settings and /webhook-shared-keys. */
import { Hono } from "hono";
import { checkSetting, existing, readBody, requireRoom } from "./checks.ts";
import { newSetting, newSharedKey, now } from "./make.ts";
import { Problem } from "./problem.ts";
import { PatchSetting, PostSetting, PostSharedKey, type Setting, type SharedKey } from "./resources.ts";
import type { WebhooksConfiguration } from "./state.ts";
import { tokenPage } from "./token-page.ts";

/** The routes under `/Settings`. */
export function settingsApi(configuration: WebhooksConfiguration): Hono {
  const app = new Hono();
  const { settings, rules } = configuration.saved;
  app.get("/", (c) => {
    const { type = "CUSTOMER", sharedKeyId } = c.req.query();
    const chosen = [...settings.values()].filter((setting) => setting.type === type);
    const isOf = ({ signature }: Setting) => signature?.type === "SHARED_KEY" && signature.sharedKeyId === sharedKeyId;
    return tokenPage(c, "settings", (sharedKeyId === undefined ? chosen : chosen.filter(isOf)).map(settingBody));
  });
  app.post("/", async (c) => {
    const body = await readBody(c, PostSetting);
    requireRoom(settings, "Settings");
    checkSetting(configuration.saved, body);
    const setting = newSetting(body);
    configuration.save((resources) => resources.settings.set(setting.id, setting));
    return c.json(settingBody(setting), 201);
  });
  app.get("/:id", (c) => c.json(settingBody(existing(settings, c.req.param("id")))));
  app.patch("/:id", async (c) => {
    const setting = ownSetting(existing(settings, c.req.param("id")));
    const changed = { ...setting, ...(await readBody(c, PatchSetting)), updatedAt: now() };
    configuration.save((resources) => resources.settings.set(setting.id, changed));
    return c.json(settingBody(changed));
  });
  app.delete("/:id", (c) => {
    const { id } = ownSetting(existing(settings, c.req.param("id")));
    const user = [...rules.values()].find((rule) => rule.settings.some(({ settingId }) => settingId === id));
    if (user !== undefined) throw new Problem(59100, `the Rule ${user.id} still uses ${id}`);
    configuration.save((resources) => resources.settings.delete(id));
    return c.body(null, 204);
  });
  return app;
}

/** @throws Problem 59101 if Twilio manages the Setting */
function ownSetting(setting: Setting): Setting {
  if (setting.type === "SYSTEM") throw new Problem(59101, `${setting.id} is managed by Twilio`);
  return setting;
}

/** The JSON of a Setting, without its passwords. */
function settingBody({ auth, ...setting }: Setting): object {
  if (auth.source === "REFERENCE") return { ...setting, auth };
  const shown = Object.entries(auth.value).filter(([name]) => name !== "password" && name !== "clientSecret");
  return { ...setting, auth: { ...auth, value: Object.fromEntries(shown) } };
}

/** The routes under `/SharedKeys`. */
export function sharedKeysApi(configuration: WebhooksConfiguration): Hono {
  const app = new Hono();
  const { settings, sharedKeys } = configuration.saved;
  app.get("/", (c) => tokenPage(c, "sharedKeys", [...sharedKeys.values()].map(keyBody)));
  app.post("/", async (c) => {
    const { friendlyName } = await readBody(c, PostSharedKey);
    requireRoom(sharedKeys, "SharedKeys");
    const key = newSharedKey(friendlyName);
    configuration.save((resources) => resources.sharedKeys.set(key.id, key));
    return c.json(key, 201);
  });
  app.get("/:id", (c) => c.json(keyBody(existing(sharedKeys, c.req.param("id")))));
  app.patch("/:id", async (c) => {
    const key = existing(sharedKeys, c.req.param("id"));
    const changed = { ...key, ...(await readBody(c, PostSharedKey)), updatedAt: now() };
    configuration.save((resources) => resources.sharedKeys.set(key.id, changed));
    return c.json(keyBody(changed));
  });
  app.delete("/:id", (c) => {
    const { id } = existing(sharedKeys, c.req.param("id"));
    const isUser = ({ signature }: Setting) => signature?.type === "SHARED_KEY" && signature.sharedKeyId === id;
    const user = [...settings.values()].find(isUser);
    if (user !== undefined) throw new Problem(59100, `the Setting ${user.id} still uses ${id}`);
    configuration.save((resources) => resources.sharedKeys.delete(id));
    return c.body(null, 204);
  });
  return app;
}

function keyBody({ secret: _, ...key }: SharedKey): object {
  return key;
}
