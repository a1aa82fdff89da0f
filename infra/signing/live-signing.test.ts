import { readFile } from "node:fs/promises";
import { Agent } from "node:https";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseConfig } from "../../hub/config/parse.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { declaredRules, settingTitle } from "../../hub/signing/declared-rules.ts";
import { configWith, NOW, SOURCE } from "../../hub/testing/config.ts";
import { KEY, signingWith } from "../../hub/testing/signing.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../../loopback/cloud.ts";
import { placeRule, placeSetting } from "../../loopback/twilio/configuration/make.ts";
import type { OperationEnd } from "../../loopback/twilio/configuration/state.ts";
import { type WebhooksApi, webhooksApi } from "../vendors/webhooks-api.ts";
import { requireDeclaredSigning } from "./live-signing.ts";

const config = parseConfig(configWith({ signing: signingWith() }), SOURCE);
const manifest = buildManifest(config);
const DECLARED = { config, manifest, now: NOW };
const bare = parseConfig(configWith({}), SOURCE);
const UNDECLARED = { config: bare, manifest: buildManifest(bare), now: NOW };

let cloud: LoopbackCloud;
let api: WebhooksApi;
beforeEach(async () => {
  cloud = await startLoopbackCloud({ config });
  const vault: Readonly<Record<string, string>> = JSON.parse(await readFile(cloud.vaultFile, "utf8"));
  const [username = "", password = ""] = [vault[config.twilio.accountSid], vault[config.twilio.authToken]];
  const ca = await readFile(cloud.caFile, "utf8");
  const agent = new Agent({ ca, proxyEnv: { HTTPS_PROXY: cloud.endpoints.twilioProxy } });
  api = webhooksApi({ username, password, agent });
});
afterEach(() => cloud.close());

const configuration = () => cloud.twilio.state.webhooks;
const listed = () => cloud.twilio.requests.filter(({ path }) => path.includes("/Webhooks/Operations"));

/** Makes all that is declared, and returns the ID of the first Rule. */
function placeDeclared(): string {
  const { signing } = config;
  if (signing === undefined) throw new Error("nothing is declared");
  const { id } = placeSetting(configuration(), {
    auth: { source: "INLINE", value: { scheme: "NONE" } },
    signature: { type: "SHARED_KEY", sharedKeyId: KEY, algorithm: "HMAC_SHA256" },
    friendlyName: settingTitle("first"),
  });
  const settings = [{ settingId: id, percentage: 100 }];
  const placed = declaredRules(manifest, signing).map((rule) =>
    placeRule(configuration(), { ...rule, settings, friendlyName: settingTitle("rule") }),
  );
  return placed[0]?.id ?? "";
}

/** Makes a Rule's last change end in a way. */
function end(id: string, as: OperationEnd, change: "change" | "removal"): void {
  configuration().ends.push(as);
  const rule = configuration().saved.rules.get(id);
  if (rule === undefined) throw new Error(`${id} is not live`);
  configuration().saveRule(id, ({ rules }) => (change === "removal" ? rules.delete(id) : rules.set(id, rule)));
  configuration().finish();
}

test("what is saved and applied is as declared", async () => {
  end(placeDeclared(), "COMPLETED", "change");
  expect(await requireDeclaredSigning(DECLARED, api)).toMatchObject({ state: "as declared" });
  expect(listed()).toHaveLength(1);
});

test.each(["FAILED", "CANCELLED"] as const)("what is saved and %s is not", async (as) => {
  end(placeDeclared(), as, "change");
  expect(await requireDeclaredSigning(DECLARED, api)).toMatchObject({ state: "not as declared" });
});

test("a change that is still under way is not", async () => {
  const id = placeDeclared();
  configuration().delayMs = 60_000;
  const rule = configuration().saved.rules.get(id);
  configuration().saveRule(id, ({ rules }) => rule && rules.set(id, rule));
  expect(await requireDeclaredSigning(DECLARED, api)).toMatchObject({ state: "not as declared" });
});

test("a removal that failed is not", async () => {
  placeDeclared();
  const prefix = { matchType: "PREFIX_MATCH" as const, prefix: "https://webhook.reri.co/old/" };
  const settings = [...configuration().saved.settings.keys()].map((settingId) => ({ settingId, percentage: 100 }));
  const { id } = placeRule(configuration(), { ...prefix, settings, friendlyName: settingTitle("old") });
  end(id, "FAILED", "removal");
  expect(await requireDeclaredSigning(DECLARED, api)).toMatchObject({ state: "not as declared" });
});

test("an account with nothing of the hub's is not asked for its Operations", async () => {
  expect(await requireDeclaredSigning(UNDECLARED, api)).toMatchObject({ state: "as declared" });
  expect(listed()).toEqual([]);
});
