import { createHmac, timingSafeEqual } from "node:crypto";
import { expect, test, vi } from "vitest";
import { candidateFinder } from "../../hub/urls/urls.ts";
import type { Credentials } from "../start/credentials.ts";
import { deliveredOf } from "../testing/hosts.ts";
import { CREDENTIALS, formWebhook, sign, type TestRequest, testManifest } from "../testing/manifest.ts";
import { BOTH, KEY_ONLY, OTHER_SIGNING_KEY, SIGNING_KEY, signedByKey } from "../testing/signing.ts";
import { checkWebhook } from "./check-webhook.ts";
import { requireSigners, signerOf } from "./signer.ts";

// The functions are the real ones; only their calls are counted.
vi.mock("node:crypto", async (original) => {
  const crypto = await original<typeof import("node:crypto")>();
  return { ...crypto, createHmac: vi.fn(crypto.createHmac), timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

const manifest = testManifest();
const VOICE = `${manifest.hosts.canonical.url}/voice/webhook`;
const EXPIRED = { ...SIGNING_KEY, until: "2026-02-01T00:00:00Z" };
const EARLY = { ...SIGNING_KEY, from: "2099-01-01T00:00:00Z" };

/** The hashes of the MACs that a refused request costs, the number of its comparisons, and of its body's reads. */
async function workOf(request: TestRequest, credentials: Credentials) {
  const delivered = deliveredOf(request);
  let reads = 0;
  const readBody = (most: number) => {
    reads += 1;
    return delivered.readBody(most);
  };
  vi.mocked(createHmac).mockClear();
  vi.mocked(timingSafeEqual).mockClear();
  const trust = { candidatesFor: candidateFinder(manifest), credentials };
  expect(await checkWebhook({ ...delivered, readBody }, trust)).toMatchObject({ refusal: 403 });
  const macs = vi.mocked(createHmac).mock.calls.map(([algorithm]) => algorithm);
  return { macs, compared: vi.mocked(timingSafeEqual).mock.calls.length, reads };
}

test("a key that may not sign costs the work of one that may", async () => {
  const forged = (key: typeof SIGNING_KEY) => signedByKey(formWebhook(VOICE), VOICE, { ...key, secret: "another" });
  const work = await workOf(forged(SIGNING_KEY), BOTH);
  expect(work).toMatchObject({ macs: expect.arrayContaining(["sha256"]), reads: 1 });
  expect(work.compared).toBe(work.macs.length);
  expect(await workOf(forged(OTHER_SIGNING_KEY), BOTH)).toEqual(work);
  for (const key of [EXPIRED, EARLY]) {
    expect(await workOf(forged(key), { ...BOTH, signingKeys: [key] })).toEqual(work);
    // The same holds for a signature that would verify.
    expect(await workOf(signedByKey(formWebhook(VOICE), VOICE, key), { ...BOTH, signingKeys: [key] })).toEqual(work);
  }
});

test("a refused auth token costs the work of an accepted one", async () => {
  const { headers, ...request } = formWebhook(VOICE);
  const forged = { ...request, headers: { ...headers, "x-twilio-signature": sign(VOICE, {}, "another") } };
  const work = await workOf(forged, BOTH);
  expect(work.macs).toContain("sha1");
  expect(await workOf(forged, KEY_ONLY)).toEqual(work);
});

test("a signer that does not count has another secret in each process, and the name of no signer", () => {
  const signer = signerOf(undefined, KEY_ONLY, new Date());
  expect(signer).toMatchObject({ by: undefined, secrets: [expect.stringMatching(/^[0-9a-f]{32}$/)] });
});

test("credentials without a signer, or with an empty one, are refused", () => {
  expect(() => requireSigners(KEY_ONLY)).not.toThrow();
  expect(() => requireSigners({ ...CREDENTIALS, authTokens: [] })).toThrow("no auth token and no signing key");
  const empty = { ...SIGNING_KEY, secret: "" };
  expect(() => requireSigners({ ...BOTH, signingKeys: [empty] })).toThrow("is empty");
});
