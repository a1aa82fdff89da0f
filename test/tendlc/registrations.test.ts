/** Twilio's word: each state of each registration, and words that are stale, forged or unreadable. The manifest, the gate file and the five gates approve. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { VERIFIED_RECORD, withdrawn } from "../../handlers/outbound/gate/test-approvals.ts";
import { addMessagingService, addSender } from "../../loopback/twilio/registrations/messaging-service.ts";
import { NO_TEXT, ONE_TEXT } from "../support/tendlc/tendlc-site.ts";
import { PRIMARY, TOLL_FREE, tendlcSuite } from "../support/tendlc/tendlc-suite.ts";
import { readWordsNow, type WordRow, writeWords } from "../support/tendlc/twilio-word.ts";

const { site, text, texts } = tendlcSuite({ prepare: (made) => made.startHub({ tollfree: VERIFIED_RECORD }) });

/** Restores what a try changed at Twilio. */
let restore = () => {};
beforeEach(() => {
  const { state } = site().cloud.twilio;
  const { brand, campaign } = site().registrations;
  const [before, senders, brands] = [
    structuredClone({ brand, campaign, verification: verification() }),
    [...state.senders],
    [...state.brandRegistrations],
  ];
  restore = () => {
    Object.assign(brand, before.brand);
    Object.assign(campaign, before.campaign);
    Object.assign(verification(), before.verification);
    state.tollfreeVerifications.set(before.verification.sid, verification());
    if (!state.campaigns.includes(campaign)) state.campaigns.push(campaign);
    for (const [sid, sender] of senders) state.senders.set(sid, sender);
    for (const [sid, known] of brands) state.brandRegistrations.set(sid, known);
  };
});
afterEach(async () => {
  site().cloud.twilio.faults.clear();
  restore();
  await site().pool.query("delete from public.hub_registrations");
  await readWordsNow(site());
});

async function expectBlocked(reason: string, from = PRIMARY): Promise<void> {
  expect(await text({ from })).toEqual({ state: "blocked", reason: expect.stringMatching(reason) });
  expect(texts()).toEqual(NO_TEXT);
}

async function expectSent(): Promise<void> {
  expect(await text()).toMatchObject({ state: "sent" });
  expect(texts()).toEqual(ONE_TEXT);
}

test("10DLC control: the text leaves, exactly once, if Twilio verifies the number", async () => {
  await readWordsNow(site());
  await expectSent();
});

describe("a brand or a campaign that Twilio does not show as approved", () => {
  test.each<[string, object]>([
    ["PENDING", { status: "PENDING" }],
    ["IN_REVIEW", { status: "IN_REVIEW" }],
    ["FAILED", { status: "FAILED" }],
    ["SUSPENDED", { status: "SUSPENDED" }],
    ["DELETION_PENDING", { status: "DELETION_PENDING" }],
    ["DELETION_FAILED", { status: "DELETION_FAILED" }],
    ["of a state that nobody knows", { status: "APPROVED_WITH_CONDITIONS" }],
    ["of another account", { account_sid: `AC${"f".repeat(32)}` }],
    ["a mock", { mock: true }],
  ])("10DLC: a brand %s: blocked", async (_what, change) => {
    Object.assign(site().registrations.brand, change);
    await readWordsNow(site());
    await expectBlocked("Twilio does not approve: brand BN");
  });

  test.each<[string, object]>([
    ["PENDING", { campaign_status: "PENDING" }],
    ["IN_PROGRESS", { campaign_status: "IN_PROGRESS" }],
    ["FAILED", { campaign_status: "FAILED" }],
    ["SUSPENDED", { campaign_status: "SUSPENDED" }],
    ["of a state that nobody knows", { campaign_status: "verified" }],
    ["VERIFIED with errors", { errors: [{ error_code: 30886, description: "", url: "", fields: [] }] }],
    ["of another account", { account_sid: `AC${"f".repeat(32)}` }],
    ["a mock", { mock: true }],
  ])("10DLC: a campaign %s: blocked", async (_what, change) => {
    Object.assign(site().registrations.campaign, change);
    await readWordsNow(site());
    await expectBlocked("Twilio does not approve: campaign QE");
  });

  test.each<[string, () => void]>([
    ["a deleted campaign", () => void site().cloud.twilio.state.campaigns.splice(0)],
    ["a deleted brand", () => site().cloud.twilio.state.brandRegistrations.clear()],
    ["a number that left the pool", () => site().cloud.twilio.state.senders.clear()],
    ["a number in another service's pool", moveToOtherPool],
  ])("10DLC: %s: blocked", async (_what, change) => {
    change();
    await readWordsNow(site());
    await expectBlocked("Twilio does not approve: (Twilio has no|the number is not a sender)");
  });
});

function moveToOtherPool(): void {
  const { state } = site().cloud.twilio;
  const number = [...state.numbers.values()].find(({ phone_number }) => phone_number === PRIMARY);
  if (number === undefined) throw new Error("the account has not the number");
  addSender(state, addMessagingService(state, { friendly_name: "Another" }), number);
}

describe("a verification that Twilio does not show as approved", () => {
  const VERIFICATION = "Twilio does not approve: verification HH";
  test.each<[string, object]>([
    ["PENDING_REVIEW", { status: "PENDING_REVIEW" }],
    ["IN_REVIEW", { status: "IN_REVIEW" }],
    ["TWILIO_REJECTED", { status: "TWILIO_REJECTED", error_code: 30513, rejection_reason: "Opt-in" }],
    ["of a state that nobody knows", { status: "VERIFIED" }],
    ["of another number", { tollfree_phone_number_sid: `PN${"f".repeat(32)}` }],
    ["of another account", { account_sid: `AC${"f".repeat(32)}` }],
  ])("10DLC: %s: the toll-free number is blocked, and the local one leaves", async (_what, change) => {
    Object.assign(verification(), change);
    await readWordsNow(site());
    await expectBlocked(VERIFICATION, TOLL_FREE);
    await expectSent();
  });

  test("10DLC: deleted: the toll-free number is blocked", async () => {
    site().cloud.twilio.state.tollfreeVerifications.clear();
    await readWordsNow(site());
    await expectBlocked("Twilio has no toll-free verification", TOLL_FREE);
  });

  test("10DLC: the campaign's approval opens the local number alone, and the verification the toll-free one", async () => {
    setCampaign("FAILED");
    await readWordsNow(site());
    await expectBlocked("campaign QE");
    expect(await text({ from: TOLL_FREE })).toMatchObject({ state: "sent" });
    expect(texts()).toEqual(ONE_TEXT);
  });
});

function verification() {
  const [first] = site().registrations.verifications;
  if (first === undefined) throw new Error("the toll-free number has no verification");
  return first;
}

function setCampaign(campaign_status: string): void {
  Object.assign(site().registrations.campaign, { campaign_status });
}

describe("a word that somebody wrote by hand", () => {
  // The hub reads what is missing every half minute, and Twilio would approve.
  beforeEach(() => void site().cloud.twilio.faults.fail({ status: 503, path: "/v1/", count: 20 }));

  test.each<[string, readonly WordRow[], string]>([
    ["none", [], "has not said yet"],
    ["an hour old", [{ sender: PRIMARY, ageMinutes: 60 }], "60 minutes old"],
    ["a day old", [{ sender: PRIMARY, ageMinutes: 1440 }], "1440 minutes old"],
    ["of a time in the future", [{ sender: PRIMARY, ageMinutes: -5 }], "in the future"],
    ["of another account", [{ sender: PRIMARY, accountSid: `AC${"f".repeat(32)}` }], "has not said yet"],
    ["of another campaign", [{ sender: PRIMARY, registrationSid: `QE${"b".repeat(32)}` }], "has not said yet"],
    ["of a toll-free verification", [{ sender: PRIMARY, registrationSid: `HH${"a".repeat(32)}` }], "has not said yet"],
    ["of the other sender", [{ sender: TOLL_FREE }], "has not said yet"],
    ["of the number in another spelling", [{ sender: `${PRIMARY} ` }], "has not said yet"],
    ["not verified, without a reason", [{ sender: PRIMARY, isVerified: false }], "Twilio does not approve"],
  ])("10DLC: %s: blocked", async (_what, rows, reason) => {
    await writeWords(site(), rows);
    await expectBlocked(reason);
  });

  test("10DLC control: the same row leaves if it is 59 minutes old", async () => {
    await writeWords(site(), [{ sender: PRIMARY, ageMinutes: 59 }]);
    await expectSent();
  });

  test("10DLC: a word alone opens nothing: with the gate file gone the text is blocked", async () => {
    await writeWords(site(), [{ sender: PRIMARY }]);
    await site().writeGateFile(withdrawn(site().manifest));
    await expectBlocked("withdrawn");
  });

  test("10DLC: verified together with a reason, or without a time: the table refuses it", async () => {
    const contradiction = writeWords(site(), [{ sender: PRIMARY, reasons: ["suspended"] }]);
    await expect(contradiction).rejects.toThrow("check constraint");
    const timeless = site().pool.query(
      "insert into hub_registrations (sender, registration_sid, account_sid, is_verified) values ('+1', $1, $2, true)",
      [`QE${"a".repeat(32)}`, `AC${"a".repeat(32)}`],
    );
    await expect(timeless).rejects.toThrow("check constraint");
  });
});

describe("Twilio that cannot be read", () => {
  const PATH = { path: "/v1/", count: 20 } as const;
  test.each([
    ["401", { ...PATH, status: 401 }],
    ["403", { ...PATH, status: 403 }],
    ["500", { ...PATH, status: 500 }],
    ["503", { ...PATH, status: 503 }],
    ["429", { ...PATH, status: 429, retryAfterSeconds: 1 }],
    ["a page of HTML", { ...PATH, status: 200, page: "<html>Log in</html>" }],
    ["a 404 that is not Twilio's", { ...PATH, status: 404, page: "<html>Not found</html>" }],
    ["a cut connection", { ...PATH, drop: true }],
  ] as const)("10DLC: %s for an hour: blocked, and the reason says so", async (_what, fault) => {
    await writeWords(site(), [{ sender: PRIMARY, ageMinutes: 61 }]);
    site().cloud.twilio.faults.fail(fault);
    await expect(readWordsNow(site())).rejects.toThrow("Twilio");
    await expectBlocked("61 minutes old, and counts for an hour \\(Twilio");
  });

  test("10DLC control: a text leaves while Twilio's last word is not an hour old", async () => {
    await writeWords(site(), [{ sender: PRIMARY, ageMinutes: 58 }]);
    site().cloud.twilio.faults.fail({ ...PATH, status: 503 });
    await expect(readWordsNow(site())).rejects.toThrow("HTTP 503");
    await expectSent();
  });
});

test("10DLC: without the table no text leaves", async () => {
  await site().pool.query("alter table public.hub_registrations rename to hidden");
  try {
    await expectBlocked("Twilio does not approve: it failed");
  } finally {
    await site().pool.query("alter table public.hidden rename to hub_registrations");
  }
});
