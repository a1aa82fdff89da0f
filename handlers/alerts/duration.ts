/** Durations and counts in the words of an alert. */

const MINUTE_MS = 60_000;

/** A count with its noun. */
export function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A duration in whole minutes. */
export function minutes(milliseconds: number): string {
  return counted(Math.round(milliseconds / MINUTE_MS), "minute", "minutes");
}
