import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TwilioApi } from "../../loopback/twilio/api/api.ts";
import { registerSenders, type SenderRegistrations } from "../../loopback/twilio/registrations/register-senders.ts";
import { type HubStorage, startHubStorage } from "../../test/support/handler/hub-storage.ts";
import { testTwilio } from "../../test/support/tendlc/test-twilio.ts";
import { sweepAlerts } from "../alerts/sweeper.ts";
import { setLogLevel } from "../log/log.ts";
import { registry } from "../log/metrics.ts";
import { APPROVED_RECORD } from "../outbound/gate/test-approvals.ts";
import { accountAt } from "../outbound/testing/outbound.ts";
import { closeSender, reopenSender } from "../storage/sender-closures.ts";
import { eventually } from "../testing/eventually.ts";
import { CREDENTIALS, testManifest } from "../testing/manifest.ts";
import { readDueWords, startReadingWords } from "./read-words.ts";
import { senderReasons } from "./sender-state.ts";
import { wantedRegistrations, wordKeyOf } from "./wanted.ts";
import { claimWords, writeWord } from "./words.ts";

const { accountSid } = CREDENTIALS;
const approved = testManifest({ tendlc: APPROVED_RECORD });
const [PRIMARY = ""] = approved.numbers.map(({ number }) => number);
/** The manifest with its first number alone: the campaign does not cover the other. */
const manifest = { ...approved, numbers: approved.numbers.slice(0, 1) };

let storage: HubStorage;
let twilio: TwilioApi;
let registered: SenderRegistrations;
beforeAll(async () => {
  setLogLevel("error");
  storage = await startHubStorage();
});
afterAll(() => storage.close());
beforeEach(async () => {
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
  twilio = testTwilio();
  registered = registerSenders(twilio.state, APPROVED_RECORD.campaignSid);
  await storage.pool.query("delete from hub_registrations; delete from hub_sender_closures; delete from hub_alerts");
});
afterEach(() => {
  vi.restoreAllMocks();
});

const settings = () => ({ pool: storage.pool, manifest, account: accountAt(twilio) });
const read = () => readDueWords(settings(), AbortSignal.timeout(30_000));
const reasons = async () => {
  const key = wordKeyOf(manifest, accountSid, PRIMARY);
  if (key === undefined) throw new Error("the manifest names no registration");
  return senderReasons(storage.pool, PRIMARY, key);
};
const age = (interval: string) =>
  storage.pool.query(
    "update hub_registrations set read_at = read_at - $1::interval, wanted_since = wanted_since - $1::interval, claimed_until = null",
    [interval],
  );
const asked = () => twilio.requests.filter(({ path }) => path.startsWith("/v1/")).length;

describe("a word", () => {
  it("is read from Twilio, and counts", async () => {
    await read();
    expect(await reasons()).toEqual([]);
  });

  it("is read by one process at a time, and not again while it is new", async () => {
    await Promise.all(Array.from({ length: 5 }, read));
    const once = asked();
    expect(once).toBe(4);
    await read();
    expect(asked()).toBe(once);
    await age("31 seconds");
    await read();
    expect(asked()).toBe(2 * once);
  });

  it("never replaces a newer one, even if the process that read it was paused beyond its lease", async () => {
    const wanted = wantedRegistrations(manifest);
    const [paused] = await claimWords(storage.pool, wanted, accountSid);
    await age("0 seconds");
    const [next] = await claimWords(storage.pool, wanted, accountSid);
    if (paused === undefined || next === undefined) throw new Error("nothing was claimed");
    await writeWord(storage.pool, next, { isVerified: false, reasons: ["suspended"] });
    await writeWord(storage.pool, paused, { isVerified: true });
    expect(await reasons()).toEqual(["suspended"]);
  });

  it("of another account does not count, and is read anew", async () => {
    await read();
    await storage.pool.query("update hub_registrations set account_sid = $1", [`AC${"f".repeat(32)}`]);
    expect(await reasons()).toEqual(["Twilio has not said yet whether it is registered"]);
    await read();
    expect(await reasons()).toEqual([]);
  });

  it("of a time in the future is read anew", async () => {
    await read();
    await age("-1 hour");
    registered.brand.status = "SUSPENDED";
    expect(await reasons()).toEqual(["the time of Twilio's word is in the future"]);
    await read();
    expect(await reasons()).toEqual([expect.stringContaining("is suspended (SUSPENDED)")]);
  });

  it("is forgotten an hour after the last process wanted it", async () => {
    await read();
    await storage.pool.query("update hub_registrations set wanted_at = wanted_at - interval '61 minutes'");
    await readDueWords({ ...settings(), manifest: testManifest() }, AbortSignal.timeout(30_000));
    expect(await storage.count("select count(*) from hub_registrations")).toBe(0);
  });
});

it("a manifest that approves nothing asks Twilio nothing", async () => {
  await readDueWords({ ...settings(), manifest: testManifest() }, AbortSignal.timeout(30_000));
  expect(twilio.requests).toEqual([]);
  expect(await storage.count("select count(*) from hub_registrations")).toBe(0);
});

describe("Twilio that does not say", () => {
  it("leaves the word as it is, notes why, and is not asked by any process for a while", async () => {
    await read();
    await age("31 seconds");
    twilio.faults.fail({ status: 503, path: "/v1/" });
    await expect(read()).rejects.toThrow("Twilio answered /v1/Services?PageSize=100 with HTTP 503");
    expect(await reasons()).toEqual([]);
    const before = asked();
    await read();
    expect(asked()).toBe(before);
    await age("1 hour");
    twilio.faults.fail({ status: 503, path: "/v1/" });
    await expect(read()).rejects.toThrow("HTTP 503");
    expect(await reasons()).toEqual([expect.stringMatching(/^Twilio's word is 60 minutes old.*HTTP 503\)$/)]);
  });

  it("gets the pause that it asks for", async () => {
    twilio.faults.fail({ status: 429, retryAfterSeconds: 900, path: "/v1/" });
    await expect(read()).rejects.toThrow("HTTP 429");
    const left = "select extract(epoch from claimed_until - clock_timestamp()) from hub_registrations";
    expect(await storage.count(left)).toBeGreaterThan(880);
  });

  it("sends the login nowhere else: a redirect is not followed", async () => {
    const followed: string[] = [];
    const fetch = async (url: string, init: RequestInit) => {
      followed.push(url);
      expect(init.redirect).toBe("manual");
      return new Response("", { status: 307, headers: { location: "https://elsewhere.example/" } });
    };
    const account = { ...accountAt(twilio), fetch };
    await expect(readDueWords({ ...settings(), account }, AbortSignal.timeout(30_000))).rejects.toThrow("HTTP 307");
    expect(followed).toEqual(["https://messaging.twilio.com/v1/Services?PageSize=100"]);
  });
});

it("the worker reads at once, and its first round ends even if Twilio does not say", async () => {
  twilio.faults.fail({ status: 503, path: "/v1/" });
  const worker = startReadingWords({ ...settings(), everyMs: 20 });
  await worker.firstRound;
  await age("0 seconds");
  await eventually(async () => expect(await reasons()).toEqual([]));
  await worker.stop();
  expect(await registry.getSingleMetricAsString("hub_sender_verified")).toContain(`{sender="${PRIMARY}"} 1`);
});

describe("people", () => {
  /** Sweeps as the alert worker does. Returns the new messages. */
  async function alerts(): Promise<string[]> {
    const told: string[] = [];
    vi.stubGlobal("fetch", async (_url: string, init: RequestInit) => {
      told.push(String(JSON.parse(String(init.body)).content));
      return new Response(null, { status: 204 });
    });
    await sweepAlerts({
      pool: storage.pool,
      discord: { webhookUrl: "https://discord.com/api/webhooks/1/x" },
      minutesBetween: 0,
    });
    vi.unstubAllGlobals();
    return told;
  }

  it("hear once that a number is suspended, with the number, and once that it is over", async () => {
    await read();
    expect(await alerts()).toEqual([]);
    for (const status of ["SUSPENDED", "FAILED"] as const) {
      registered.brand.status = status;
      await age("31 seconds");
      await read();
      const [message] = await alerts();
      if (status === "SUSPENDED")
        expect(message).toMatch(new RegExp(`1 number may not text.*\`\\${PRIMARY}\`.*SUSPENDED`, "s"));
      else expect(message).toBeUndefined();
    }
    registered.brand.status = "APPROVED";
    await age("31 seconds");
    await read();
    expect(await alerts()).toEqual([expect.stringContaining("over after")]);
    expect(await alerts()).toEqual([]);
  });

  it("hear once that a number could not be read for an hour", async () => {
    await read();
    await age("61 minutes");
    twilio.faults.fail({ status: 403, path: "/v1/" });
    await expect(read()).rejects.toThrow("HTTP 403");
    expect(await alerts()).toEqual([expect.stringMatching(/1 number may not text.*HTTP 403/s)]);
    expect(await alerts()).toEqual([]);
  });

  it("hear once that the carriers refused a number, with the number and the command, until a person opens it", async () => {
    await read();
    const client = await storage.pool.connect();
    for (const errorCode of [30034, 30032])
      await closeSender(client, PRIMARY, { errorCode, textId: `SM${"1".repeat(32)}` });
    client.release();
    const [message = ""] = await alerts();
    expect(message).toContain(`\`${PRIMARY}\``);
    expect(message).toContain("error 30034");
    expect(message).toContain("node handler.mjs reopen-sender");
    expect(await alerts()).toEqual([]);
    await reopenSender(storage.pool, PRIMARY);
    expect(await alerts()).toEqual([expect.stringContaining("each number was opened again")]);
  });
});
