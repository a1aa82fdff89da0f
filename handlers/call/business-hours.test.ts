import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BusinessHours, DAYS } from "../../hub/config/voice.ts";
import { isOpen } from "./business-hours.ts";

const WEEKDAYS: BusinessHours = {
  timeZone: "America/Los_Angeles",
  days: ["mon", "tue", "wed", "thu", "fri"],
  opens: "09:00",
  closes: "17:30",
};
const NIGHT: BusinessHours = { ...WEEKDAYS, days: ["sun"], opens: "01:00", closes: "03:30" };
const ALWAYS: BusinessHours = { ...WEEKDAYS, days: [...DAYS], opens: "00:00", closes: "24:00" };

describe("isOpen", () => {
  it.each([
    ["before the first minute", "2026-05-04T15:59:59.999Z", false],
    ["in the first minute", "2026-05-04T16:00:00Z", true],
    ["in the last second", "2026-05-05T00:29:59.999Z", true],
    ["when it closes", "2026-05-05T00:30:00Z", false],
    ["on a Friday evening, which is Saturday in UTC", "2026-05-09T00:00:00Z", true],
    ["on a Sunday evening, which is Monday in UTC", "2026-05-04T00:00:00Z", false],
    ["at nine in the winter", "2026-01-05T17:00:00Z", true],
    ["at eight in the winter, which is nine in the summer", "2026-01-05T16:00:00Z", false],
  ])("%s", (_when, now, expected) => expect(isOpen(WEEKDAYS, new Date(now))).toBe(expected));

  it.each([
    ["before the skipped hour", "2026-03-08T09:59:59Z", true],
    ["after the skipped hour: it is three o'clock", "2026-03-08T10:00:00Z", true],
    ["at half past three", "2026-03-08T10:30:00Z", false],
    ["in the first of two hours at one o'clock", "2026-11-01T08:00:00Z", true],
    ["in the second of two hours at one o'clock", "2026-11-01T09:59:59Z", true],
    ["in the only two o'clock", "2026-11-01T10:00:00Z", true],
    ["at the only half past three", "2026-11-01T11:30:00Z", false],
  ])("on a day when the clocks change: %s", (_when, now, expected) =>
    expect(isOpen(NIGHT, new Date(now))).toBe(expected),
  );

  it.each([
    ["the last second of Sunday", "2026-05-04T06:59:59Z", true],
    ["the first of Monday", "2026-05-04T07:00:00Z", false],
    ["the last second of Saturday", "2026-05-03T06:59:59Z", false],
    ["the first of Sunday", "2026-05-03T07:00:00Z", true],
  ])("a day begins and ends at local midnight: %s", (_when, now, expected) => {
    expect(isOpen({ ...ALWAYS, days: ["sun"] }, new Date(now))).toBe(expected);
  });

  it("is always true for a business that never closes", () => {
    fc.assert(fc.property(instant, (now) => isOpen(ALWAYS, now)));
  });

  it.each([
    ["America/Los_Angeles", (now: Date) => (isSummer(now) ? -7 * 60 : -8 * 60)],
    ["Asia/Kolkata", () => 5 * 60 + 30],
    ["UTC", () => 0],
  ])("compares the wall clock of %s with the hours", (timeZone, offsetMinutes) => {
    fc.assert(
      fc.property(instant, arbitraryHours, (now, hours) => {
        const local = new Date(now.getTime() + offsetMinutes(now) * 60_000);
        const day = DAYS[(local.getUTCDay() + 6) % 7];
        const time = local.toISOString().slice(11, 16);
        const expected = hours.days.some((open) => open === day) && hours.opens <= time && time < hours.closes;
        expect(isOpen({ ...hours, timeZone }, now)).toBe(expected);
      }),
    );
  });
});

/** Any moment of 2026. */
const instant = fc.date({
  min: new Date("2026-01-02T00:00:00Z"),
  max: new Date("2026-12-30T00:00:00Z"),
  noInvalidDate: true,
});

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

const arbitraryHours = fc
  .record({
    days: fc.subarray([...DAYS], { minLength: 1 }),
    minutes: fc.uniqueArray(fc.integer({ min: 0, max: 24 * 60 }), { minLength: 2, maxLength: 2 }),
  })
  .map(({ days, minutes: [first = 0, second = 0] }) => ({
    days,
    opens: clock(Math.min(first, second)),
    closes: clock(Math.max(first, second)),
  }));

/** Whether it is daylight saving time in Los Angeles: in 2026, from 8 March to 1 November, each at two o'clock. */
function isSummer(now: Date): boolean {
  return now >= new Date("2026-03-08T10:00:00Z") && now < new Date("2026-11-01T09:00:00Z");
}
