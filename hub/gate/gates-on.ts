/**
 * The gates of the senders at a given time. A declared gate says nothing about texts by itself: every reader asks here, since the day is part of the
 * approval.
 */
import type { DeclaredGates } from "./declared-gates.ts";
import type { Approved, DeclaredGate } from "./registration.ts";
import { REGISTRATIONS, type SenderKind } from "./sender-kind.ts";

/** Whether the texts of a sender may leave. A shut gate names everything that is missing. `plan` is that of 10DLC. */
export type SenderGate = { readonly kind: SenderKind; readonly plan?: string } & (
  | ({ readonly open: true } & Approved)
  | { readonly open: false; readonly reasons: readonly string[] }
);

/** The gates of the hub's numbers, by number in E.164. */
export type SenderGates = Readonly<Record<string, SenderGate>>;

/**
 * A day counts once it has begun everywhere: at UTC−12, west of every place where a carrier or an owner may have written the date (Baker Island,
 * https://www.iana.org/time-zones, `Etc/GMT+12`). So the gate can open hours too late, and never too early.
 */
const BEGINS_HOURS_AFTER_UTC = 12;
const HOUR_MS = 3_600_000;

/** The gates of the hub's numbers at a time, see {@link gateOn}. */
export function gatesOn(declared: DeclaredGates, now: Date): SenderGates {
  return Object.fromEntries(Object.entries(declared).map(([sender, gate]) => [sender, gateOn(gate, now)]));
}

/**
 * A gate at a time. It is open if the declared approval is whole and each of its dates has begun everywhere. An invalid time shuts it.
 *
 * @param now the clock of the reader
 */
export function gateOn(declared: DeclaredGate, now: Date): SenderGate {
  const { kind, plan } = declared;
  const registered = { kind, ...(plan !== undefined && { plan }) };
  if (!declared.isWhole) return { ...registered, open: false, reasons: declared.reasons };
  const { sid, approvedOn, signedOffOn } = declared;
  const reasons = Object.entries({ approvedOn, "signOff.on": signedOffOn }).flatMap(([key, day]) =>
    hasBegunEverywhere(day, now) ? [] : [`${key} ${day} is in the future (it counts from 12:00 UTC of that day)`],
  );
  return reasons.length > 0
    ? { ...registered, open: false, reasons }
    : { ...registered, open: true, sid, approvedOn, signedOffOn };
}

/** @param day `YYYY-MM-DD` */
function hasBegunEverywhere(day: string, now: Date): boolean {
  return Date.parse(day) + BEGINS_HOURS_AFTER_UTC * HOUR_MS <= now.getTime();
}

/** The numbers that may not text, and why: a line each. */
export function shutSenders(gates: SenderGates): string[] {
  return Object.entries(gates).flatMap(([sender, gate]) =>
    gate.open ? [] : [`${sender} may not text (${REGISTRATIONS[gate.kind]}: ${gate.reasons.join("; ")})`],
  );
}
