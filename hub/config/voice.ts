/** `hub:voice`: the texts a caller hears, the hours in which calls are taken, and the agent who takes them. */
import { z } from "zod";
import { E164, expected, expectedUnshown, list, PlainText } from "../values/values.ts";

/** The days of the week, as the config names them. */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

const Day = z.enum(DAYS, { error: expected(`one of ${DAYS.join(", ")}`) });

/** A text that passes a check. If it does not, the later checks that compare it with others are skipped. */
const text = (isRight: (value: string) => boolean, what: string) => {
  const error = expected(what);
  return z.string({ error }).refine(isRight, { error, abort: true });
};

const clock = (expression: RegExp, range: string) =>
  text((value) => expression.test(value), `a time in quotes, ${range}`);

const Opening = clock(/^([01]\d|2[0-3]):[0-5]\d$/, '"00:00" to "23:59"');
/** The end of a day is 24:00, as in older editions of ISO 8601, so that a business that never closes leaves out no minute. */
const Closing = clock(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, '"00:01" to "24:00"');

const TimeZone = text(isTimeZone, "an IANA time zone, like America/New_York");

const BusinessHours = z
  .strictObject({
    timeZone: TimeZone,
    days: list(Day, "days").min(1, { error: "expected at least one day; found none" }),
    /** The first minute, in local time of the time zone: `HH:MM`. */
    opens: Opening,
    /** The first minute after the last one: `HH:MM`. */
    closes: Closing,
  })
  .check(({ value: { days, opens, closes }, issues }) => {
    const problem = (path: (string | number)[], message: string) =>
      issues.push({ code: "custom", input: undefined, path, message });
    if (closes <= opens) problem(["closes"], `expected a time after opens, ${opens}; found "${closes}"`);
    for (const [index, day] of days.entries()) {
      if (days.indexOf(day) !== index) problem(["days", index], `duplicate day: entry ${days.indexOf(day)} has it too`);
    }
  });
/** When the agent takes calls: the same hours on each of the days, in local time of one time zone. */
export type BusinessHours = z.infer<typeof BusinessHours>;

/** Every character of XML 1.0 (https://www.w3.org/TR/xml/#charsets). TwiML cannot contain others. */
const XML_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;

/** The longest text of a `<Say>`, in characters (https://www.twilio.com/docs/voice/twiml/say#tips). */
const MAX_SPOKEN = 4096;

const SpokenText = PlainText.regex(XML_TEXT, {
  error: "expected text that can be spoken; found a control character",
}).max(MAX_SPOKEN, { error: `expected at most ${MAX_SPOKEN} characters, the most that Twilio speaks at once` });

const Texts = z.strictObject({
  /** The first words: they ask what the call is about. */
  greeting: SpokenText,
  /** Asks again if nothing was heard. */
  reprompt: SpokenText,
  /** Before the agent's phone rings. */
  connecting: SpokenText,
  /** Outside the business hours. */
  closed: SpokenText,
  /** If the agent did not answer. */
  unavailable: SpokenText,
  /** If nothing was heard at all. */
  farewell: SpokenText,
  /** Instead of the greeting, if nothing can be stored: the caller is connected without being asked. */
  fallback: SpokenText,
  /** The first words to a person whom the hub calls, before the agent's phone rings. */
  outbound: SpokenText,
  /** Says that the call is recorded. */
  recordingNotice: SpokenText.exactOptional(),
});

/**
 * The schema of `hub:voice`. A recorded call needs a notice: under California Penal Code 632 all parties to a confidential call must know of it
 * (https://leginfo.legislature.ca.gov/faces/codes_displaySection.xhtml?lawCode=PEN&sectionNum=632).
 */
export const Voice = z
  .strictObject({
    /** The phone that a call is connected to. */
    agent: E164,
    /** Whether the conversation with the agent is recorded. */
    record: z.boolean({ error: expectedUnshown("true or false") }),
    hours: BusinessHours,
    texts: Texts,
  })
  .check(({ value: { record, texts }, issues }) => {
    if (!record || texts.recordingNotice !== undefined) return;
    const message = "missing; hub:voice.record is true, and all parties to a recorded call must know: set it";
    issues.push({ code: "custom", input: undefined, path: ["texts", "recordingNotice"], message });
  });
/** How calls are answered. */
export type Voice = z.infer<typeof Voice>;

/** `Intl` also accepts an offset (`-08:00`), but an offset has no summer time. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
