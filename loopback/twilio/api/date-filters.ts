/**
 * The filters of lists by a date.
 * Sources: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources and
 * https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
 */
import { TwilioError } from "./errors.ts";

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** The filters of a list. */
export interface DateFilters {
  /** The parameter's name. */
  readonly name: string;
  /** Whether `Name<` takes the day itself too: that of texts does ("on and before"), that of calls does not ("before this date"). */
  readonly includesLastDay: boolean;
}

/**
 * Whether a resource's date passes a list's filters: `Name` (that day), `Name>` (from that day on) and `Name<` (up to it), each with or without
 * an `=` behind it (`StartTime>=2026-11-22` is a parameter called `StartTime>`). The pages say a date, as `YYYY-MM-DD` in UTC; Twilio's SDK
 * sends a date and time, of which the date alone counts here. What has no date yet passes no filter: the pages speak of calls that started,
 * and say nothing of the others.
 *
 * @param date of the resource, as the API shows it
 * @throws TwilioError 20001 where a filter is no date
 */
export function passesDateFilters(
  query: Readonly<Record<string, string>>,
  { name, includesLastDay }: DateFilters,
  date: string | null,
): boolean {
  const on = dayOf(query, name);
  const from = dayOf(query, `${name}>`) ?? dayOf(query, `${name}>=`);
  const last = dayOf(query, `${name}<`) ?? dayOf(query, `${name}<=`);
  if (on === undefined && from === undefined && last === undefined) return true;
  if (date === null) return false;
  const at = Date.parse(date);
  if (on !== undefined && (at < on || at >= on + DAY_MS)) return false;
  return (from === undefined || at >= from) && (last === undefined || at < last + (includesLastDay ? DAY_MS : 0));
}

/** The midnight with which the day of a filter begins, in milliseconds of Unix time. */
function dayOf(query: Readonly<Record<string, string>>, name: string): number | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  const at = DATE.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new TwilioError(400, 20001, `${name} is not a date: ${value}`);
  return Math.floor(at / DAY_MS) * DAY_MS;
}
