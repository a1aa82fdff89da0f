import { type BusinessHours, DAYS } from "../../hub/config/voice.ts";

/**
 * Whether the business is open: the wall clock of its time zone shows one of its days, and a time from `opens` up to but excluding `closes`.
 * The hours follow the zone's daylight saving time.
 */
export function isOpen({ timeZone, days, opens, closes }: BusinessHours, now: Date): boolean {
  const { weekday, time } = wallClock(timeZone, now);
  const isOpenDay = DAYS.some((day) => day === weekday && days.includes(day));
  return isOpenDay && opens <= time && time < closes;
}

interface WallClock {
  /** Named as in the config, like `mon`. */
  readonly weekday: string;
  /** `HH:MM`: two such times compare as text. */
  readonly time: string;
}

function wallClock(timeZone: string, now: Date): WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
  return { weekday: part("weekday").toLowerCase(), time: `${part("hour")}:${part("minute")}` };
}
