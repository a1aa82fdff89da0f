import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { manifestDigest } from "../../hub/manifest.ts";
import { manifestUrls } from "../../hub/urls/urls.ts";
import { registry } from "../log/metrics.ts";
import { sendToApp } from "../testing/hosts.ts";
import { CREDENTIALS, formWebhook, jsonWebhook, PARAMETERS, testManifest } from "../testing/manifest.ts";
import { BOTH, KEY_ONLY, OTHER_SIGNING_KEY, SIGNING_KEY } from "../testing/signing.ts";
import { SIGNATURE_SETTINGS_HEADER } from "../twilio/signature-settings.ts";
import { createApp } from "../webhook/app.ts";
import { ProbeRefused, probe } from "./probe.ts";
import { releaseName, withReleaseEnvironment } from "./release.ts";

const manifest = testManifest();
const digest = manifestDigest(manifest);
const [RELEASE, OTHER] = ["5e".repeat(32), "6f".repeat(32)];
const NONCE = "0123456789abcdef0123456789abcdef";
const PROBE = { AccountSid: CREDENTIALS.accountSid, HubProbe: NONCE };
const EARLY = { ...SIGNING_KEY, id: OTHER_SIGNING_KEY.id, from: "2099-01-01T00:00:00Z" };
const CANONICAL = `${manifest.hosts.canonical.url}/voice/status`;

/** A store that refuses everything: a probe must not be stored. */
const store = { keep: () => Promise.reject(new Error("a probe is not kept")) };
const appOf = (release: string) =>
  createApp({ manifest, credentials: CREDENTIALS, store, answerDeadlineMs: 4_000, release });
const send = sendToApp(appOf(RELEASE));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function probesCounted(): Promise<number> {
  const metric = await registry.getSingleMetric("hub_webhooks_answered_total")?.get();
  return metric?.values.find(({ labels }) => labels.event === "probe" && labels.status === 200)?.value ?? 0;
}

describe("the app answers a probe", () => {
  const urls = manifestUrls(manifest).filter(({ route }) => route.role === "statusCallback");

  it.each(urls.flatMap(({ url, deliveredAs }) => deliveredAs.map((target) => [url, target] as const)))(
    "over %s as %s, with the running release, and counts it",
    async (url, target) => {
      const before = await probesCounted();
      const body = `${NONCE} ${RELEASE} ${digest}`;
      const answer = { status: 200, type: "text/plain", allow: undefined, body };
      expect(await send(formWebhook(url, PROBE, target))).toEqual(answer);
      expect(await probesCounted()).toBe(before + 1);
    },
  );

  it("on both hosts", () => {
    expect(new Set(urls.map(({ host }) => host))).toEqual(new Set(["canonical", "funnel"]));
  });
});

describe("not a probe, and refused with 403 and an empty body,", () => {
  const { body: ownBody, headers } = formWebhook(CANONICAL, PROBE);
  const tampered = formWebhook(CANONICAL, { ...PROBE, HubProbe: NONCE.replace("0", "f") });

  it.each([
    [
      "has a forged signature",
      { ...formWebhook(CANONICAL, PROBE), headers: { ...headers, "x-twilio-signature": "x" } },
    ],
    ["has another nonce than the signed one", { ...tampered, headers, body: tampered.body ?? "" }],
    ["has no signature", { target: "/voice/status", method: "POST", headers: {}, body: ownBody ?? "" }],
    ["has a further parameter", formWebhook(CANONICAL, { ...PROBE, Extra: "1" })],
    ["also has a status", formWebhook(CANONICAL, { ...PROBE, CallStatus: "completed" })],
    ["is of another account", formWebhook(CANONICAL, { ...PROBE, AccountSid: `AC${"0".repeat(31)}2` })],
    ["lacks the account", formWebhook(CANONICAL, { HubProbe: NONCE })],
    ["lacks the nonce", formWebhook(CANONICAL, { AccountSid: CREDENTIALS.accountSid })],
    ["has an odd nonce", formWebhook(CANONICAL, { ...PROBE, HubProbe: `${NONCE}\n` })],
    ["has a query", formWebhook(`${CANONICAL}?turn=1`, PROBE)],
    ["is JSON", jsonWebhook(CANONICAL, JSON.stringify(PROBE))],
    ["goes to another path", formWebhook(`${manifest.hosts.canonical.url}/voice/webhook`, PROBE)],
    ["goes to the texts' status", formWebhook(`${manifest.hosts.canonical.url}/sms/status`, PROBE)],
  ])("%s", async (_what, request) => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    expect(await send(request)).toEqual({ status: 403, type: undefined, allow: undefined, body: "" });
  });
});

it("the status of a call is not a probe", async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  expect((await send(formWebhook(CANONICAL, PARAMETERS["call-status"]))).status).toBe(503);
});

describe("probe", () => {
  /** Answers each request with the next app, delivered as on both hosts. The last app stays. */
  function answering(...answers: readonly (string | number | "cut")[]): string[] {
    const asked: string[] = [];
    vi.stubGlobal("fetch", async (url: string, { body, headers }: { body: URLSearchParams; headers: Headers }) => {
      const answer = answers[Math.min(asked.push(url), answers.length) - 1];
      if (answer === "cut") throw Object.assign(new Error("secret"), { code: "ECONNRESET" });
      if (typeof answer === "number") return new Response(answer === 204 ? null : "odd", { status: answer });
      const target = new URL(url).pathname;
      const request = { target, method: "POST", headers: Object.fromEntries(new Headers(headers)), body: String(body) };
      const given = await sendToApp(appOf(answer ?? ""))(request);
      return new Response(given.body, { status: given.status });
    });
    return asked;
  }

  const run = (patienceMs: number) => probe({ manifest, credentials: CREDENTIALS, release: RELEASE, patienceMs });

  it("succeeds when the release answers at the registered URL", async () => {
    const asked = answering(RELEASE);
    expect(await run(0)).toBe(CANONICAL);
    expect(asked).toEqual([CANONICAL]);
  });

  it("continues after a few refusals, but not after several in a row", async () => {
    expect(answering(403, 502, 403, 204, RELEASE)).toEqual([]);
    expect(await run(30_000)).toBe(CANONICAL);
    const asked = answering(502, 204, 403, 204);
    await expect(run(30_000)).rejects.toThrow(ProbeRefused);
    expect(asked).toHaveLength(4);
  });

  it("waits while another release, a broken host or nobody answers", async () => {
    const asked = answering(OTHER, 502, "cut", RELEASE);
    expect(await run(30_000)).toBe(CANONICAL);
    expect(asked).toHaveLength(4);
  });

  it.each([
    [OTHER, `release ${OTHER} answers; expected release ${RELEASE}`],
    ["unreleased", `a handler without a release answers; expected release ${RELEASE}`],
    [502, "the answer is 502; expected 200"],
    [200, `something other than the handler answers; expected release ${RELEASE}`],
    ["cut", "no answer (ECONNRESET)"],
  ] as const)("reports the unexpected answer: %s", async (answer, problem) => {
    answering(answer);
    await expect(run(0)).rejects.toThrow(`${CANONICAL}: ${problem}`);
  });

  it.each([
    ["the auth token, which comes first", BOTH],
    ["a signing key, with its header", KEY_ONLY],
    ["the first key that is valid", { ...KEY_ONLY, signingKeys: [EARLY, SIGNING_KEY] }],
  ])("is signed with %s", async (_what, credentials) => {
    const app = createApp({ manifest, credentials, store, answerDeadlineMs: 4_000, release: RELEASE });
    const sent: (string | null)[] = [];
    vi.stubGlobal(
      "fetch",
      async (url: string, { body, headers: given }: { body: URLSearchParams; headers: Headers }) => {
        const headers = new Headers(given);
        sent.push(headers.get(SIGNATURE_SETTINGS_HEADER));
        const request = { target: new URL(url).pathname, method: "POST", headers: Object.fromEntries(headers) };
        const answer = await sendToApp(app)({ ...request, body: String(body) });
        return new Response(answer.body, { status: answer.status });
      },
    );
    expect(await probe({ manifest, credentials, release: RELEASE, patienceMs: 0 })).toBe(CANONICAL);
    expect(sent).toEqual([credentials === BOTH ? null : `key=${SIGNING_KEY.id},algorithm=HMAC_SHA256`]);
  });

  it("is not sent if nothing is valid that could sign it", async () => {
    const asked = answering(RELEASE);
    const credentials = { ...KEY_ONLY, signingKeys: [EARLY] };
    await expect(probe({ manifest, credentials, release: RELEASE, patienceMs: 0 })).rejects.toThrow("cannot be signed");
    expect(asked).toEqual([]);
  });

  it("is refused if the token is not the handler's", async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    answering(RELEASE);
    const credentials = { ...CREDENTIALS, authTokens: [{ token: "another" }] };
    await expect(probe({ manifest, credentials, release: RELEASE, patienceMs: 0 })).rejects.toThrow(
      "the answer is 403",
    );
  });
});

describe("a release", () => {
  it("is named by its folder, or outside a release by its environment", () => {
    expect(releaseName(`/releases/${RELEASE}`, { HUB_RELEASE: OTHER })).toBe(RELEASE);
    expect(releaseName("/elsewhere", { HUB_RELEASE: OTHER })).toBe(OTHER);
    for (const HUB_RELEASE of [undefined, "", "latest"])
      expect(releaseName("/elsewhere", { HUB_RELEASE })).toBe("unreleased");
  });

  it("provides the variables that are not set, and none without an environment file", () => {
    const folder = mkdtempSync(join(tmpdir(), "release-"));
    try {
      expect(withReleaseEnvironment({ A: "1" }, folder)).toEqual({ A: "1" });
      writeFileSync(join(folder, "environment"), "A=2\nB=a=b\nC=3\n");
      expect(withReleaseEnvironment({ A: "1", C: "" }, folder)).toEqual({ A: "1", B: "a=b", C: "" });
      rmSync(join(folder, "environment"));
      mkdirSync(join(folder, "environment"));
      expect(() => withReleaseEnvironment({}, folder)).toThrow("EISDIR");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
