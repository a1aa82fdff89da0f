/** Twilio's own SDK reads and changes the Webhooks configuration: its types are the judge of the answers. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { TwilioApi } from "../api/api.ts";
import { startTwilioProxy, type TwilioProxy } from "../api/proxy.ts";
import { testApi } from "../testing/account.ts";
import { withSdk } from "../testing/sdk.ts";
import { placeSharedKey } from "./make.ts";

let api: TwilioApi;
let proxy: TwilioProxy;

beforeEach(async () => {
  api = testApi();
  proxy = await startTwilioProxy(api);
});
afterEach(() => proxy.close());

const SETTING = `{
  friendlyName: "signed", description: "d", auth: { source: "INLINE", value: { scheme: "NONE" } },
  signature: { type: "SHARED_KEY", sharedKeyId: key.id, algorithm: "HMAC_SHA256" },
  connection: { connectTimeoutMs: 1000, readTimeoutMs: 2000, retryPolicy: { retryCount: 1, retryOn: ["HTTP_5XX"] } },
}`;

test("Twilio's SDK creates, reads, lists, patches and removes each resource", async () => {
  api.state.webhooks.delayMs = 1000;
  const result = await withSdk(
    api,
    proxy,
    `
    const { randomUUIDv7 } = await import("node:crypto");
    const { rules, settings, sharedKeys, operations } = client.webhooks.v1;
    const isDate = (value) => value instanceof Date && !Number.isNaN(value.getTime());
    const key = await sharedKeys.create({ friendlyName: "key" });
    const keyPatched = await sharedKeys(key.id).patch({ friendlyName: "renamed" });
    const setting = await settings.create(${SETTING});
    const settingPatched = await settings(setting.id).patch({ friendlyName: "renamed" });
    const share = [{ settingId: setting.id, percentage: 100 }];
    const rule = { friendlyName: "r", matchType: "EXACT_MATCH", value: "https://a.example/voice", settings: share };
    const headers = () => ({ "Idempotency-Key": idempotencyKey });
    const idempotencyKey = randomUUIDv7();
    const created = await rules.create(rule, headers());
    const again = await rules.create(rule, headers());
    const id = created.rule.id;
    const fetched = await rules(id).fetch();
    const patched = await rules(id).patch({ matchType: "PREFIX_MATCH", prefix: "https://a.example/" });
    const duplicate = await rules.create({ matchType: "PREFIX_MATCH", prefix: "https://a.example/", settings: share })
      .catch(({ status, code, detail, message }) => ({ status, code, text: detail ?? message }));
    const listed = { rules: await rules.list(), settings: await settings.list({ sharedKeyId: key.id }), keys: await sharedKeys.list() };
    const inUse = await settings(setting.id).remove().catch(({ status, code }) => ({ status, code }));
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const operation = await operations(created.operation.id).fetch();
    const removed = await rules(id).remove({ idempotencyKey: randomUUIDv7() });
    return {
      secret: [key.secret.length, keyPatched.secret ?? null, listed.keys[0].secret ?? null],
      names: [keyPatched.friendlyName, settingPatched.friendlyName],
      setting: { auth: setting.auth, signature: setting.signature.algorithm, connection: setting.connection, type: setting.type },
      dates: [key.createdAt, setting.createdAt, setting.updatedAt, fetched.createdAt, operation.createdAt, operation.completedAt].map(isDate),
      created: { status: created.operation.status, same: created.operation.id === again.operation.id },
      fetched: [fetched.value, fetched.settings],
      patched: [patched.rule.prefix, patched.operation.resourceId === id],
      duplicate, inUse,
      listed: [listed.rules.map((one) => one.id), listed.settings.length, listed.keys.length],
      operation: [operation.status, operation.retentionPeriod, operation.resourceId === id],
      removed: [removed.operation.resourceId === id, removed.rule ?? null],
      gone: [await settings(setting.id).remove(), await sharedKeys(key.id).remove(), (await rules.list()).length],
      settingId: setting.id, id,
    };`,
  );
  const { settingId, id } = z.looseObject({ settingId: z.string(), id: z.string() }).parse(result);
  expect(result).toMatchObject({
    secret: [64, null, null],
    names: ["renamed", "renamed"],
    setting: {
      auth: { source: "INLINE", value: { scheme: "NONE" } },
      signature: "HMAC_SHA256",
      connection: { readTimeoutMs: 2000, retryPolicy: { retryCount: 1, retryOn: ["HTTP_5XX"] } },
      type: "CUSTOMER",
    },
    dates: [true, true, true, true, true, true],
    created: { status: "PENDING", same: true },
    fetched: ["https://a.example/voice", [{ settingId, percentage: 100 }]],
    patched: ["https://a.example/", true],
    duplicate: { status: 409, code: 59103, text: expect.stringContaining("already exists") },
    inUse: { status: 409, code: 59100 },
    listed: [[id], 1, 1],
    operation: ["COMPLETED", "P7D", true],
    removed: [true, null],
    gone: [true, true, 0],
  });
});

test("Twilio's SDK reads a list page by page", async () => {
  for (let count = 0; count < 7; count += 1) placeSharedKey(api.state.webhooks, `${count}`);
  const result = await withSdk(
    api,
    proxy,
    `
    const { sharedKeys } = client.webhooks.v1;
    const first = await sharedKeys.page({ pageSize: 3 });
    const second = await first.nextPage();
    const back = await second.previousPage();
    const names = (page) => page.instances.map(({ friendlyName }) => friendlyName);
    return { pages: [first, second, back].map(names), all: (await sharedKeys.list({ pageSize: 3 })).map((key) => key.friendlyName) };`,
  );
  const pages = [
    ["0", "1", "2"],
    ["3", "4", "5"],
    ["0", "1", "2"],
  ];
  expect(result).toEqual({ pages, all: ["0", "1", "2", "3", "4", "5", "6"] });
});
