/** Webhooks that a signing key signs, on the app itself. `test/handler/key-forgery.test.ts` forges them over HTTP. */
import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { registry } from "../log/metrics.ts";
import type { Credentials } from "../start/credentials.ts";
import { sendToApp } from "../testing/hosts.ts";
import {
  CALL,
  formWebhook,
  jsonWebhook,
  PARAMETERS,
  sign,
  type TestRequest,
  testManifest,
} from "../testing/manifest.ts";
import { BOTH, KEY_ONLY, OTHER_SIGNING_KEY, SIGNING_KEY, signedByKey } from "../testing/signing.ts";
import { createApp } from "./app.ts";

const manifest = testManifest();
const VOICE = `${manifest.hosts.canonical.url}/voice/webhook`;
const SETTINGS = "x-twilio-webhooks-signature-settings";

let storage: HubStorage;
beforeAll(async () => {
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-06-01T00:00:00Z") }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const appWith = (credentials: Credentials, see = vi.fn()) =>
  createApp({ manifest, credentials, store: storage.store, answerDeadlineMs: 4_000, refusedKeys: { see } });
const statusOf = async (credentials: Credentials, request: TestRequest) =>
  (await sendToApp(appWith(credentials))(request)).status;
/** A call that no other test sends. */
const callOf = (digit: number) => formWebhook(VOICE, { ...CALL, CallSid: `CA${String(digit).padStart(32, "0")}` });

async function metric(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const values = (await registry.getSingleMetric(name)?.get())?.values ?? [];
  const found = values.filter((value) => Object.entries(labels).every(([key, given]) => value.labels[key] === given));
  return found.reduce((sum, { value }) => sum + value, 0);
}

test("a key is accepted with its header, and beside it the auth token without one", async () => {
  expect(await statusOf(BOTH, signedByKey(callOf(1), VOICE))).toBe(200);
  expect(await statusOf(KEY_ONLY, signedByKey(callOf(2), VOICE))).toBe(200);
  expect(await statusOf(BOTH, callOf(3))).toBe(200);
  expect(await statusOf(KEY_ONLY, callOf(4))).toBe(403);
});

test("both keys of a rotation are accepted", async () => {
  const credentials = { ...KEY_ONLY, signingKeys: [SIGNING_KEY, OTHER_SIGNING_KEY] };
  expect(await statusOf(credentials, signedByKey(callOf(5), VOICE, OTHER_SIGNING_KEY))).toBe(200);
  expect(await statusOf(credentials, signedByKey(callOf(6), VOICE))).toBe(200);
});

test("a JSON body is covered by its hash, with a token and with a key", async () => {
  const url = `${manifest.hosts.canonical.url}/sms/status`;
  const request = jsonWebhook(url, JSON.stringify(PARAMETERS["text-status"]));
  const signed = signedByKey(request, `${manifest.hosts.canonical.url}${request.target}`);
  expect(await statusOf(KEY_ONLY, signed)).toBe(204);
  expect(await statusOf(KEY_ONLY, { ...signed, body: `${signed.body} ` })).toBe(403);
});

test("the same event is one event if the token signed it first and then the key", async () => {
  const [byToken, byKey] = [callOf(7), signedByKey(callOf(7), VOICE)];
  const app = appWith(BOTH);
  const first = await sendToApp(app)(byToken);
  const repeats = () => metric("hub_replays_total", {});
  const before = await repeats();
  expect(await sendToApp(app)(byKey)).toEqual(first);
  expect(await repeats()).toBe(before + 1);
  const sid = "CA00000000000000000000000000000007";
  expect(await storage.count(`select count(*) from omni_events where sid = '${sid}'`)).toBe(1);
});

test("a running handler takes a key from its first moment until its end", async () => {
  const key = { ...SIGNING_KEY, from: "2026-06-10T00:00:00Z", until: "2026-06-20T00:00:00Z" };
  const app = appWith({ ...BOTH, signingKeys: [key] });
  const statusAt = async (moment: string) => {
    vi.setSystemTime(new Date(moment));
    return (await sendToApp(app)(signedByKey(callOf(8), VOICE, key))).status;
  };
  expect(await statusAt("2026-06-09T23:59:59Z")).toBe(403);
  expect(await statusAt("2026-06-10T00:00:00Z")).toBe(200);
  expect(await statusAt("2026-06-19T23:59:59Z")).toBe(200);
  expect(await statusAt("2026-06-20T00:00:00Z")).toBe(403);
});

describe("a key that may not sign", () => {
  const expired = { ...SIGNING_KEY, until: "2026-05-01T00:00:00Z" };
  const early = { ...SIGNING_KEY, from: "2026-07-01T00:00:00Z" };

  test.each([
    ["unknown", OTHER_SIGNING_KEY, SIGNING_KEY],
    ["expired", expired, expired],
    ["not yet valid", early, early],
  ] as const)("is counted, logged and remembered as %s", async (reason, signer, declared) => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const see = vi.fn();
    const before = await metric("hub_unknown_signing_key_total", { reason });
    const send = sendToApp(appWith({ ...BOTH, signingKeys: [declared] }, see));
    expect((await send(signedByKey(callOf(9), VOICE, signer))).status).toBe(403);
    expect(await metric("hub_unknown_signing_key_total", { reason })).toBe(before + 1);
    expect(see).toHaveBeenCalledExactlyOnceWith({ id: signer.id, reason }, Date.now());
    await vi.waitFor(() => expect(write.mock.calls.join("")).toContain(signer.id));
  });

  test("is not remembered if its header or the signature has not Twilio's form", async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const see = vi.fn();
    const signed = signedByKey(callOf(11), VOICE, OTHER_SIGNING_KEY);
    const send = sendToApp(appWith(BOTH, see));
    for (const changes of [{ [SETTINGS]: "key=x,algorithm=HMAC_SHA256" }, { "x-twilio-signature": "x" }]) {
      expect((await send({ ...signed, headers: { ...signed.headers, ...changes } })).status).toBe(403);
    }
    expect(see).not.toHaveBeenCalled();
  });
});

test("the webhooks are counted by their signer and by whether the URL had a query, from zero on", async () => {
  const by = SIGNING_KEY.id;
  const app = appWith({ ...BOTH, signingKeys: [SIGNING_KEY, OTHER_SIGNING_KEY] });
  const labels = (await registry.getSingleMetric("hub_webhook_signed_total")?.get())?.values.map(
    (value) => value.labels,
  );
  expect(labels).toContainEqual({ by: OTHER_SIGNING_KEY.id, query: "no" });
  const before = await metric("hub_webhook_signed_total", { by, query: "yes" });
  const url = `${VOICE}?turn=1`;
  await sendToApp(app)(signedByKey(formWebhook(url, CALL), url));
  expect(await metric("hub_webhook_signed_total", { by, query: "yes" })).toBe(before + 1);
  const byToken = await metric("hub_webhook_signed_total", { by: "auth-token", query: "no" });
  await sendToApp(app)(callOf(12));
  expect(await metric("hub_webhook_signed_total", { by: "auth-token", query: "no" })).toBe(byToken + 1);
});

test("an app of a key alone refuses a signature under an empty or a missing token", async () => {
  const parameters = Object.fromEntries(new URLSearchParams(callOf(13).body));
  const signature = createHmac("sha1", "").update("").digest("base64");
  for (const forged of [signature, sign(VOICE, parameters, "undefined"), sign(VOICE, parameters, "")]) {
    const request = { ...callOf(13), headers: { ...callOf(13).headers, "x-twilio-signature": forged } };
    expect(await statusOf(KEY_ONLY, request)).toBe(403);
  }
});
