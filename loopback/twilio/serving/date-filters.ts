/**
 * Date filters of lists.
 * Sources: https://www.twilio.com/docs/voice/api/call-resource#read-multiple-call-resources and
 * https://www.twilio.com/docs/messaging/api/message-resource#read-multiple-message-resources
 */
import { TwilioError } from "./errors.ts";

const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** The date filters of one list. */
export interface DateFilters {
  /** The parameter's name, such as `StartTime`. */
  readonly name: string;
  /** Whether `Name<` includes the day itself. For texts it does ("on and before"); for calls it does not ("before this date"). */
  readonly includesLastDay: boolean;
}

/**
 * Whether a resource's date passes a list's filters: `Name` (that day), `Name>` (from that day on) and `Name<` (up to that day). Each
 * name may end with an `=`, because `StartTime>=2026-11-22` is a parameter named `StartTime>`. Twilio documents the value as a date,
 * `YYYY-MM-DD` in UTC. Its SDK sends a date and time; only the date counts here. A resource without a date passes no filter: Twilio
 * documents the filters for calls that started, and does not mention other calls.
 *
 * @param date the resource's date in the API's format, or null if it has none yet
 * @throws TwilioError 20001 if a filter's value is not a date
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

/** The first moment of a filter's day, in milliseconds of Unix time; undefined without the filter. */
function dayOf(query: Readonly<Record<string, string>>, name: string): number | undefined {
  const value = query[name];
  if (value === undefined) return undefined;
  const at = DATE.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw new TwilioError(400, 20001, `${name} is not a date: ${value}`);
  return Math.floor(at / DAY_MS) * DAY_MS;
}
