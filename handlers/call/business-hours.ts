import { type BusinessHours, DAYS } from "../../hub/config/voice.ts";

/**
 * Whether the business is open: on one of its days, from `opens` on and before `closes`, on the wall clock of its time zone. The clock is the
 * zone's own, so summer time moves the hours with it.
 */
export function isOpen({ timeZone, days, opens, closes }: BusinessHours, now: Date): boolean {
  const { weekday, time } = wallClock(timeZone, now);
  const isOpenDay = DAYS.some((day) => day === weekday && days.includes(day));
  return isOpenDay && opens <= time && time < closes;
}

interface WallClock {
  /** `mon`, as the config names it. */
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
