import { describe, expect, test } from "vitest";
import { manifestWith, refusal } from "../testing/config.ts";
import { E164 } from "../values/values.ts";
import { futureDates } from "./registration.ts";
import { TollfreeRecord, tollfreeDates, tollfreeGate } from "./tollfree.ts";

const LOCAL = "+19497798471";
const NUMBER = E164.parse("+18446883807");
const OWNERS = ["Henry Hill"];
const SID = "HH0123456789abcdef0123456789abcdef";
const SIGN_OFF = { by: "Henry Hill", on: "2026-05-10", reference: "minutes of May" };
const APPROVAL = {
  status: "approved",
  number: NUMBER,
  rejectedOn: "2026-05-03",
  verificationSid: SID,
  approvedOn: "2026-06-01",
  signOff: SIGN_OFF,
};
const TENDLC = {
  status: "approved",
  plan: "p",
  deniedOn: "2026-05-03",
  campaignSid: `QE${"a".repeat(32)}`,
  approvedOn: "2026-06-01",
  signOff: SIGN_OFF,
};

const gateOf = (record: unknown, number = NUMBER) => tollfreeGate(number, TollfreeRecord.parse(record), OWNERS);

test("a complete approval is whole, whether the number was ever rejected or not", () => {
  const whole = { kind: "toll-free", isWhole: true, sid: SID, approvedOn: "2026-06-01", signedOffOn: "2026-05-10" };
  expect(gateOf(APPROVAL)).toEqual(whole);
  expect(gateOf({ ...APPROVAL, rejectedOn: undefined })).toEqual(whole);
});

describe("an approval that is not whole says why", () => {
  test.each<[why: string, change: object]>([
    ['status is "rejected"', { status: "rejected" }],
    ['status is "submitted"', { status: "submitted" }],
    ["no verificationSid", { verificationSid: undefined }],
    ["no approvedOn", { approvedOn: undefined }],
    ["no signOff", { signOff: undefined }],
    ['signOff.by "Karen Hill" is not in hub:owners', { signOff: { ...SIGN_OFF, by: "Karen Hill" } }],
    ["signOff.on 2026-05-02 is before the rejection of 2026-05-03", { signOff: { ...SIGN_OFF, on: "2026-05-02" } }],
    ["approvedOn 2026-05-09 is before the sign-off of 2026-05-10", { approvedOn: "2026-05-09" }],
  ])("%s", (why, change) => {
    expect(gateOf({ ...APPROVAL, ...change })).toEqual({ kind: "toll-free", isWhole: false, reasons: [why] });
  });
});

test("without a record, or with that of another number, the number is shut", () => {
  expect(tollfreeGate(NUMBER, undefined, OWNERS)).toMatchObject({ reasons: ["hub:tollfree is missing"] });
  expect(gateOf({ ...APPROVAL, number: "+18005550142" })).toMatchObject({
    reasons: ["hub:tollfree is the record of another number"],
  });
});

describe("the manifest", () => {
  const whole = (changes: Readonly<Record<string, unknown>>) => {
    const gates = Object.entries(manifestWith(changes).gates);
    return gates.flatMap(([number, { isWhole }]) => (isWhole ? [number] : []));
  };

  test("has a gate for each number, which its own record alone opens", () => {
    expect(whole({})).toEqual([]);
    expect(whole({ tendlc: TENDLC })).toEqual([LOCAL]);
    expect(whole({ tollfree: APPROVAL })).toEqual([NUMBER]);
    expect(whole({ tendlc: TENDLC, tollfree: APPROVAL })).toEqual([LOCAL, NUMBER]);
    expect(whole({ tendlc: TENDLC, tollfree: APPROVAL, owners: ["Karen Hill"] })).toEqual([]);
  });

  test.each(["800", "833", "844", "855", "866", "877", "888"])("counts +1 %s as toll-free", (code) => {
    const number = `+1${code}5550142`;
    const changes = { "numbers.1.number": number, tollfree: { ...APPROVAL, number } };
    expect(whole({ ...changes, tendlc: TENDLC })).toEqual([LOCAL, number]);
    expect(whole({ "numbers.1.number": number, tendlc: TENDLC })).toEqual([LOCAL]);
  });

  test.each(["+18015550142", "+18225550142", "+18995550142"])("counts %s as local", (number) => {
    expect(whole({ "numbers.1.number": number, tendlc: TENDLC })).toEqual([LOCAL, number]);
  });

  test.each(["+448005550142", "+8005550142", "+1844688380"])("approves %s by nothing: 10DLC is for +1", (number) => {
    expect(whole({ "numbers.1.number": number, tendlc: TENDLC })).toEqual([LOCAL]);
  });
});

test.each<[rule: string, path: string, value: unknown, key: string]>([
  ["a blank reference", "tollfree.signOff", { ...SIGN_OFF, reference: " " }, "hub:tollfree.signOff.reference"],
  ["an unknown status", "tollfree.status", "TWILIO_APPROVED", "hub:tollfree.status"],
  ["a campaign's SID", "tollfree.verificationSid", `QE${"0".repeat(32)}`, "hub:tollfree.verificationSid"],
  ["an impossible date", "tollfree.approvedOn", "2026-13-01", "hub:tollfree.approvedOn"],
  ["an unknown key", "tollfree.plan", "p", "hub:tollfree.plan"],
  ["no number", "tollfree.number", undefined, "hub:tollfree.number"],
  ["a local number", "tollfree.number", LOCAL, "hub:tollfree.number"],
  ["a number that the hub does not have", "tollfree.number", "+18005550142", "hub:tollfree.number"],
])("%s is refused under its key", (_rule, path, value, key) => {
  expect(refusal({ tollfree: APPROVAL, [path]: value })).toContain(`${key}: `);
});

test("a hub without a toll-free number takes no record", () => {
  expect(refusal({ "numbers.1.number": "+13105550142", tollfree: APPROVAL })).toContain("hub:numbers: it has none");
});

test("dates that nobody can have written yet are named", () => {
  expect(futureDates(tollfreeDates(TollfreeRecord.parse(APPROVAL)), "2026-05-02")).toEqual([
    "rejectedOn 2026-05-03 is in the future",
    "approvedOn 2026-06-01 is in the future",
    "signOff.on 2026-05-10 is in the future",
  ]);
});
