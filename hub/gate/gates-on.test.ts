import * as fc from "fast-check";
import { expect, test } from "vitest";
import { CampaignSid } from "../values/values.ts";
import { gateOf } from "./gate-of.ts";
import { gateOn, gatesOn, shutSenders } from "./gates-on.ts";
import type { DeclaredGate } from "./registration.ts";

const WHOLE = {
  kind: "local",
  plan: "plan-b14",
  isWhole: true,
  sid: CampaignSid.parse(`QE${"a".repeat(32)}`),
  approvedOn: "2026-06-20",
  signedOffOn: "2026-06-01",
} satisfies DeclaredGate;

const at = (time: string, gate: DeclaredGate = WHOLE) => gateOn(gate, new Date(time));
/** The day at a place, `YYYY-MM-DD`, by the runtime's own time zones. */
const dayIn = (timeZone: string, time: Date) => new Intl.DateTimeFormat("en-CA", { timeZone }).format(time);

test("a whole approval opens the gate from its day on", () => {
  const { isWhole: _, ...approval } = WHOLE;
  for (const time of ["2026-06-20T12:00:00Z", "2026-06-21T00:00:00Z", "2099-01-01T00:00:00Z"]) {
    expect(at(time)).toEqual({ ...approval, open: true });
  }
});

test.each([
  ["a day before", "2026-06-19T12:00:00Z"],
  ["the first second of the day in UTC", "2026-06-20T00:00:00Z"],
  ["the first second of the day in New York", "2026-06-20T04:00:00Z"],
  ["the first second of the day in Honolulu", "2026-06-20T10:00:00Z"],
  ["a millisecond before the day has begun everywhere", "2026-06-20T11:59:59.999Z"],
])("%s the gate is shut, and its reason says from when the date counts", (_when, time) => {
  expect(at(time)).toEqual({
    kind: "local",
    plan: "plan-b14",
    open: false,
    reasons: ["approvedOn 2026-06-20 is in the future (it counts from 12:00 UTC of that day)"],
  });
});

test("each date must have come", () => {
  expect(at("2026-06-20T12:00:00Z", { ...WHOLE, signedOffOn: "2026-06-21" })).toMatchObject({
    open: false,
    reasons: [expect.stringContaining("signOff.on 2026-06-21 is in the future")],
  });
  expect(at("2026-05-01T00:00:00Z")).toMatchObject({ reasons: [expect.anything(), expect.anything()] });
});

test("what is not whole stays shut with its own reasons, on any day", () => {
  expect(
    at("2099-01-01T00:00:00Z", { kind: "local", plan: "plan-b14", isWhole: false, reasons: ["no campaignSid"] }),
  ).toEqual({
    kind: "local",
    plan: "plan-b14",
    open: false,
    reasons: ["no campaignSid"],
  });
});

test("a clock without a time shuts the gate", () => {
  expect(at("no time").open).toBe(false);
});

test("the gate is never open where the day of the approval has not begun", () => {
  const time = fc.date({ min: new Date("2026-06-18"), max: new Date("2026-06-23"), noInvalidDate: true });
  const place = fc.constantFrom(
    "Etc/GMT+12",
    "Pacific/Pago_Pago",
    "Pacific/Honolulu",
    "America/New_York",
    "UTC",
    "Pacific/Guam",
  );
  fc.assert(fc.property(time, place, (now, zone) => !gateOn(WHOLE, now).open || dayIn(zone, now) >= WHOLE.approvedOn));
});

const LOCAL = "+19497798471";
const TOLL_FREE = "+18446883807";
const SHUT: DeclaredGate = { kind: "toll-free", isWhole: false, reasons: ["hub:tollfree is missing"] };
const gates = gatesOn({ [LOCAL]: WHOLE, [TOLL_FREE]: SHUT }, new Date("2026-06-20T12:00:00Z"));

test("each number has its own gate", () => {
  expect(gates).toMatchObject({ [LOCAL]: { open: true }, [TOLL_FREE]: { open: false, kind: "toll-free" } });
  expect(shutSenders(gates)).toEqual(["+18446883807 may not text (toll-free verification: hub:tollfree is missing)"]);
});

test.each([
  ["whatsapp:+19497798471", "whatsapp", "WhatsApp has no approval"],
  ["WhatsApp:+19497798471", "whatsapp", "WhatsApp has no approval"],
  ["+13105550142", "local", "not one of the stack's numbers"],
  ["19497798471", "local", "not one of the stack's numbers"],
  ["+1 949 779 8471", "local", "not one of the stack's numbers"],
  ["constructor", "local", "not one of the stack's numbers"],
  ["__proto__", "local", "not one of the stack's numbers"],
])("%s, which is not a number of the hub as the config spells it, is shut", (sender, kind, reason) => {
  expect(gateOf(gates, sender)).toEqual({ kind, open: false, reasons: [expect.stringContaining(reason)] });
});
