import { beforeEach, expect, test } from "vitest";
import { newMessage } from "../api/messages-api.ts";
import type { BrandStatus, CampaignStatus, VerificationStatus } from "../messaging-records.ts";
import { type TwilioState, twilioState } from "../state.ts";
import { ACCOUNT, OWN, OWN_SID, PERSON, TOKEN } from "../testing/account.ts";
import { addBrandRegistration, setBrandStatus } from "./brand-registration.ts";
import { setCampaignStatus } from "./campaign.ts";
import { addMessagingService, addSender, serviceOf } from "./messaging-service.ts";
import { registerSenders, type SenderRegistrations } from "./register-senders.ts";
import { refusalOf, UNREGISTERED_10DLC, UNVERIFIED_TOLLFREE } from "./sender-refusal.ts";
import { rejectVerification, setVerificationStatus } from "./tollfree-verification.ts";

const TOLLFREE = "+18446883807";
const NUMBERS = [
  { sid: OWN_SID, phone_number: OWN },
  { sid: `PN${"2".repeat(32)}`, phone_number: TOLLFREE },
];

let state: TwilioState;
let registered: SenderRegistrations;
beforeEach(() => {
  state = twilioState({ accountSid: ACCOUNT, authToken: TOKEN, numbers: NUMBERS });
  registered = registerSenders(state);
});

const refusal = (from: string | null, to = PERSON) =>
  refusalOf(state, newMessage(state, { from, to, body: "hi", direction: "outbound-api", status: "queued" }));
const onlyVerification = () => {
  const [verification] = registered.verifications;
  if (verification === undefined) throw new Error("the toll-free number has no verification");
  return verification;
};

test("a new account has no registration, and its numbers cannot text", () => {
  state = twilioState({ accountSid: ACCOUNT, authToken: TOKEN, numbers: NUMBERS });
  expect([OWN, TOLLFREE].map((from) => refusal(from))).toEqual([UNREGISTERED_10DLC, UNVERIFIED_TOLLFREE]);
});

test("registered numbers can text", () => {
  expect([OWN, TOLLFREE].map((from) => refusal(from))).toEqual([undefined, undefined]);
});

test.each<[CampaignStatus, number | undefined]>([
  ["PENDING", 30034],
  ["IN_PROGRESS", 30034],
  ["FAILED", 30034],
  ["VERIFIED", undefined],
])("a local number's text under a campaign that is %s: %s", (status, error) => {
  setCampaignStatus(registered.campaign, status);
  expect([refusal(OWN), refusal(TOLLFREE)]).toEqual([error, undefined]);
});

test.each<[Exclude<VerificationStatus, "TWILIO_REJECTED">, number | undefined]>([
  ["PENDING_REVIEW", 30032],
  ["IN_REVIEW", 30032],
  ["TWILIO_APPROVED", undefined],
])("a toll-free number's text under a verification that is %s: %s", (status, error) => {
  setVerificationStatus(onlyVerification(), status);
  expect([refusal(OWN), refusal(TOLLFREE)]).toEqual([undefined, error]);
});

test("a local number outside the campaign's pool cannot text", () => {
  state.senders.clear();
  expect(refusal(OWN)).toBe(30034);
  const [number] = state.numbers.values();
  if (number === undefined) throw new Error("the account has a number");
  addSender(state, addMessagingService(state, { friendly_name: "another" }), number);
  expect(refusal(OWN)).toBe(30034);
  expect(serviceOf(state, OWN)).toMatchObject({ friendly_name: "another" });
});

test("a toll-free number in the campaign's pool still needs its verification", () => {
  setVerificationStatus(onlyVerification(), "PENDING_REVIEW");
  for (const number of state.numbers.values()) addSender(state, registered.service, number);
  expect(refusal(TOLLFREE)).toBe(30032);
});

test("a text to another country or over WhatsApp needs no registration here, nor does one whose service has yet to choose its sender", () => {
  state.campaigns.length = 0;
  expect([refusal(OWN, "+442071838750"), refusal(OWN, `whatsapp:${PERSON}`), refusal(null)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a rejected verification says why, and until when it can be edited", () => {
  const verification = onlyVerification();
  rejectVerification(verification, {
    code: 30513,
    reason: "no opt-in",
    editableUntil: new Date("2026-06-08T00:00:00Z"),
  });
  expect(verification).toMatchObject({
    status: "TWILIO_REJECTED",
    ...{ error_code: 30513, rejection_reason: "no opt-in", rejection_reasons: [{ code: 30513, reason: "no opt-in" }] },
    ...{ edit_allowed: true, edit_expiration: "2026-06-08T00:00:00Z" },
  });
  expect(refusal(TOLLFREE)).toBe(30032);
  rejectVerification(verification, { code: 30464, reason: "disallowed" });
  expect(verification).toMatchObject({ edit_allowed: false, edit_expiration: null });
  setVerificationStatus(verification, "IN_REVIEW");
  const unset = { error_code: null, rejection_reason: null, rejection_reasons: null, edit_allowed: null };
  expect(verification).toMatchObject({ status: "IN_REVIEW", ...unset });
});

const ERROR = {
  error_code: 30897,
  description: "Disallowed content",
  url: "https://www.twilio.com/docs/api/errors/30897",
  fields: ["MESSAGE_FLOW"],
};

test("a failed campaign has its errors, and a verified one has its ID at the registry", () => {
  const { campaign } = registered;
  const { campaign_id } = campaign;
  expect(campaign).toMatchObject({ campaign_id: expect.stringMatching(/^C[0-9A-F]{6}$/), rate_limits: { att: {} } });
  setCampaignStatus(campaign, "FAILED", [ERROR]);
  expect(campaign.errors).toEqual([ERROR]);
  setCampaignStatus(campaign, "VERIFIED");
  expect(campaign).toMatchObject({ errors: [], campaign_id });
});

test.each<BrandStatus>(["PENDING", "IN_REVIEW", "FAILED"])(
  "a new brand that is %s is not at the registry",
  (status) => {
    const brand = addBrandRegistration(state);
    setBrandStatus(brand, status, status === "FAILED" ? [ERROR] : []);
    expect(brand).toMatchObject({
      status,
      tcr_id: null,
      failure_reason: status === "FAILED" ? ERROR.description : null,
    });
  },
);

test("an approved brand is at the registry, and stays there if it is suspended", () => {
  const { brand } = registered;
  const { tcr_id } = brand;
  expect(brand).toMatchObject({ status: "APPROVED", identity_status: "VERIFIED", tcr_id: expect.stringMatching(/^B/) });
  setBrandStatus(brand, "SUSPENDED");
  expect(brand).toMatchObject({ status: "SUSPENDED", tcr_id });
});
