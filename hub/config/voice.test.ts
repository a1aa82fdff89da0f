import { describe, expect, test } from "vitest";
import { type Changes, configWith, manifestWith, refusal } from "../testing/config.ts";
import { Voice } from "./voice.ts";

const HOURS = { timeZone: "America/Los_Angeles", days: ["sun"], opens: "00:00", closes: "24:00" };
const spoken = (character: string) => `Hello${character}there.`;

const TAKEN: readonly (readonly [string, Changes])[] = [
  ["a business that never closes", { "voice.hours": HOURS }],
  ["one minute a week", { "voice.hours": { ...HOURS, opens: "23:59" } }],
  ["a zone without summer time", { "voice.hours.timeZone": "Asia/Kolkata" }],
  ["UTC", { "voice.hours.timeZone": "UTC" }],
  ["no recording, and no notice", { "voice.record": false, "voice.texts.recordingNotice": undefined }],
  ["no recording, though there is a notice", { "voice.record": false }],
  ["markup in a text", { "voice.texts.greeting": `<Dial>&"'</Dial>` }],
  ["line breaks and letters of any script", { "voice.texts.greeting": spoken("\r\n\t¿👋?") }],
  ["the longest text", { "voice.texts.greeting": "x".repeat(4096) }],
];

test.each(TAKEN)("%s is accepted unchanged", (_what, changes) => {
  expect(manifestWith(changes).voice).toEqual(configWith(changes).voice);
});

const REFUSED: readonly (readonly [string, string, unknown, string])[] = [
  ["an agent in another notation", "agent", "310 555 0142", "E.164"],
  ["a text for a boolean", "record", "yes", "expected true or false"],
  ["an unknown zone", "hours.timeZone", "America/Nowhere", 'like America/New_York; found "America/Nowhere"'],
  ["an offset for a zone", "hours.timeZone", "-08:00", "IANA time zone"],
  ["a blank zone", "hours.timeZone", " ", "IANA time zone"],
  ["a number for a zone", "hours.timeZone", 8, "IANA time zone, like America/New_York; found 8"],
  ["a text for the days", "hours.days", "mon", "expected a list of days"],
  ["no day", "hours.days", [], "at least one day"],
  ["a day by another name", "hours.days.1", "Friday", 'mon, tue, wed, thu, fri, sat, sun; found "Friday"'],
  ["a day twice", "hours.days.1", "mon", "duplicate day: entry 0 has it too"],
  ["an hour of one digit", "hours.opens", "9:00", '"00:00" to "23:59"; found "9:00"'],
  ["a time that YAML has read as a number", "hours.opens", 540, "a time in quotes"],
  ["an opening at the end of the day", "hours.opens", "24:00", "a time in quotes"],
  ["an impossible minute", "hours.closes", "17:60", '"00:01" to "24:00"'],
  ["an end after the day", "hours.closes", "24:01", '"00:01" to "24:00"'],
  ["an end that is the opening", "hours.closes", "09:00", 'expected a time after opens, 09:00; found "09:00"'],
  ["an end before the opening", "hours.closes", "08:59", "after opens"],
  ["a blank text", "texts.closed", " \n", "expected text; found none"],
  ["a text that XML cannot contain", "texts.closed", spoken("\u0007"), "control character"],
  ["half a character", "texts.closed", spoken("\ud83d"), "control character"],
  ["a text that is too long", "texts.closed", "x".repeat(4097), "at most 4096 characters"],
];

test.each(REFUSED)("%s is refused under its key", (_what, path, value, problem) => {
  const message = refusal({ [`voice.${path}`]: value });
  expect(message).toContain(`: hub:voice.${path.replace(/\.(\d+)$/, "[$1]")}: `);
  expect(message).toContain(problem);
});

describe("a recorded call", () => {
  test("needs a notice", () => {
    const message = refusal({ "voice.texts.recordingNotice": undefined });
    expect(message).toContain("hub:voice.texts.recordingNotice: missing; hub:voice.record is true");
  });

  test("needs a notice that is not blank", () => {
    expect(refusal({ "voice.texts.recordingNotice": " " })).toContain("hub:voice.texts.recordingNotice: expected text");
  });
});

test("all wrong hours are named at once", () => {
  const { voice } = configWith({ "voice.hours": { ...HOURS, days: ["sun", "mon", "sun", "mon"], closes: "00:00" } });
  const paths = Voice.safeParse(voice).error?.issues.map(({ path }) => path.join("."));
  expect(paths).toEqual(["hours.closes", "hours.days.2", "hours.days.3"]);
});
