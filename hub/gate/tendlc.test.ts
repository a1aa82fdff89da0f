import { describe, expect, test } from "vitest";
import { manifestWith, refusal } from "../testing/config.ts";
import { futureDates } from "./registration.ts";
import { TendlcRecord, tendlcDates, tendlcGate } from "./tendlc.ts";

const LOCAL = "+19497798471";
const OWNERS = ["Henry Hill"];
const SID = "QE0123456789abcdef0123456789abcdef";
const SIGN_OFF = { by: "Henry Hill", on: "2026-05-10", reference: "B14a" };
const APPROVAL = {
  status: "approved",
  plan: "osil-twilio-10dlc-resubmission-2026-05-03",
  deniedOn: "2026-05-03",
  campaignSid: SID,
  approvedOn: "2026-06-01",
  signOff: SIGN_OFF,
};

const gateOf = (record: unknown, owners: readonly string[] = OWNERS) => tendlcGate(TendlcRecord.parse(record), owners);

test("a complete approval is whole", () => {
  expect(gateOf(APPROVAL)).toEqual({
    kind: "local",
    plan: APPROVAL.plan,
    isWhole: true,
    sid: SID,
    approvedOn: "2026-06-01",
    signedOffOn: "2026-05-10",
  });
});

describe("an approval that is not whole says why", () => {
  test.each<[why: string, change: object]>([
    ['status is "denied"', { status: "denied" }],
    ['status is "submitted"', { status: "submitted" }],
    ["no campaignSid", { campaignSid: undefined }],
    ["no approvedOn", { approvedOn: undefined }],
    ["no B14a signOff", { signOff: undefined }],
    ['signOff.by "Karen Hill" is not in hub:owners', { signOff: { ...SIGN_OFF, by: "Karen Hill" } }],
    ['signOff.by "henry hill" is not in hub:owners', { signOff: { ...SIGN_OFF, by: "henry hill" } }],
    ["signOff.on 2026-05-02 is before the denial of 2026-05-03", { signOff: { ...SIGN_OFF, on: "2026-05-02" } }],
    ["approvedOn 2026-05-09 is before the sign-off of 2026-05-10", { approvedOn: "2026-05-09" }],
  ])("%s", (why, change) => {
    expect(gateOf({ ...APPROVAL, ...change })).toEqual({
      kind: "local",
      plan: APPROVAL.plan,
      isWhole: false,
      reasons: [why],
    });
  });

  test("and names everything that is missing at once", () => {
    const { plan, deniedOn } = APPROVAL;
    expect(gateOf({ status: "denied", plan, deniedOn })).toEqual({
      kind: "local",
      plan,
      isWhole: false,
      reasons: ['status is "denied"', "no campaignSid", "no approvedOn", "no B14a signOff"],
    });
  });

  test("if there is no owner", () => {
    expect(gateOf(APPROVAL, []).isWhole).toBe(false);
  });
});

test("a sign-off on the day of the denial and an approval on the day of the sign-off count", () => {
  const signOff = { ...SIGN_OFF, on: APPROVAL.deniedOn };
  expect(gateOf({ ...APPROVAL, signOff, approvedOn: APPROVAL.deniedOn }).isWhole).toBe(true);
});

test("the gate of the manifest's local number follows the config's record and owners", () => {
  expect(manifestWith({ tendlc: APPROVAL }).gates[LOCAL]?.isWhole).toBe(true);
  expect(manifestWith({ tendlc: APPROVAL, owners: ["Karen Hill"] }).gates[LOCAL]?.isWhole).toBe(false);
  expect(manifestWith().gates[LOCAL]?.isWhole).toBe(false);
});

test.each<[rule: string, path: string, value: unknown, key: string]>([
  ["a blank reference", "tendlc.signOff", { ...SIGN_OFF, reference: " " }, "hub:tendlc.signOff.reference"],
  [
    "a sign-off without a reference",
    "tendlc.signOff",
    { by: "Henry Hill", on: "2026-05-10" },
    "hub:tendlc.signOff.reference",
  ],
  ["a sign-off by nobody", "tendlc.signOff", { ...SIGN_OFF, by: "" }, "hub:tendlc.signOff.by"],
  ["an unknown status", "tendlc.status", "APPROVED", "hub:tendlc.status"],
  ["an invalid campaign SID", "tendlc.campaignSid", "QE12", "hub:tendlc.campaignSid"],
  ["an impossible date", "tendlc.approvedOn", "2026-13-01", "hub:tendlc.approvedOn"],
  ["an unknown key", "tendlc.approved", true, "hub:tendlc.approved"],
])("%s is refused under its key", (_rule, path, value, key) => {
  expect(refusal({ [path]: value })).toContain(`${key}: `);
});

test("dates that nobody can have written yet are named", () => {
  const record = TendlcRecord.parse(APPROVAL);
  expect(futureDates(tendlcDates(record), "2026-05-02")).toEqual([
    "deniedOn 2026-05-03 is in the future",
    "approvedOn 2026-06-01 is in the future",
    "signOff.on 2026-05-10 is in the future",
  ]);
  expect(futureDates(tendlcDates(record), "2026-06-01")).toEqual([]);
});
