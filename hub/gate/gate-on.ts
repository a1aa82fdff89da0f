/**
 * The gate at a given time. A declared gate says nothing about texts by itself: every reader asks here, since the day is part of the approval.
 */
import type { DeclaredGate, TendlcApproval } from "./tendlc.ts";

/** Whether a campaign text may leave, under the plan that governs the registration. A shut gate names everything that is missing. */
export type TendlcGate = { readonly plan: string } & (
  | ({ readonly open: true } & TendlcApproval)
  | { readonly open: false; readonly reasons: readonly string[] }
);

/**
 * A day counts once it has begun everywhere: at UTC−12, west of every place where a carrier or an owner may have written the date (Baker Island,
 * https://www.iana.org/time-zones, `Etc/GMT+12`). So the gate can open hours too late, and never too early.
 */
const BEGINS_HOURS_AFTER_UTC = 12;
const HOUR_MS = 3_600_000;

/**
 * The gate at a time. It is open if the declared approval is whole and each of its dates has begun everywhere. An invalid time shuts it.
 *
 * @param now the clock of the reader
 */
export function gateOn(declared: DeclaredGate, now: Date): TendlcGate {
  const { plan } = declared;
  if (!declared.isWhole) return { plan, open: false, reasons: declared.reasons };
  const { campaignSid, approvedOn, signedOffOn } = declared;
  const reasons = Object.entries({ approvedOn, "signOff.on": signedOffOn }).flatMap(([key, day]) =>
    hasBegunEverywhere(day, now) ? [] : [`${key} ${day} is in the future (it counts from 12:00 UTC of that day)`],
  );
  return reasons.length > 0
    ? { plan, open: false, reasons }
    : { plan, open: true, campaignSid, approvedOn, signedOffOn };
}

/** @param day `YYYY-MM-DD` */
function hasBegunEverywhere(day: string, now: Date): boolean {
  return Date.parse(day) + BEGINS_HOURS_AFTER_UTC * HOUR_MS <= now.getTime();
}
