/** The rules that the records of every registration share: which evidence makes an approval whole. */
import { z } from "zod";
import { CalendarDate, type CampaignSid, PlainText, type VerificationSid } from "../values/values.ts";
import type { SenderKind } from "./sender-kind.ts";

/** The sign-off of a record, by an owner. */
export const SignOff = z.strictObject({ by: PlainText, on: CalendarDate, reference: PlainText });

/** A whole approval: the SID of the registration, its date, and the date of the sign-off. Dates are `YYYY-MM-DD`. */
export interface Approved {
  readonly sid: CampaignSid | VerificationSid;
  readonly approvedOn: string;
  readonly signedOffOn: string;
}

/** The sender's kind, and for 10DLC the plan that governs the registration. */
interface Registered {
  readonly kind: SenderKind;
  readonly plan?: string;
}

/**
 * The approval that a record declares for a sender, on no particular day: `gateOn` (gates-on.ts) says whether its texts may leave now. One that is
 * not whole names everything that is missing.
 */
export type DeclaredGate = Registered &
  (({ readonly isWhole: true } & Approved) | { readonly isWhole: false; readonly reasons: readonly string[] });

/** The evidence that a record gives, and the words for the parts that differ between registrations. */
interface Evidence {
  readonly status: string;
  /** The key of the registration's SID, and its value. */
  readonly sid: { readonly key: string; readonly value: Approved["sid"] | undefined };
  readonly approvedOn: string | undefined;
  readonly signOff: z.infer<typeof SignOff> | undefined;
  /** The sign-off in words, like `B14a signOff`. */
  readonly signOffName: string;
  /** The last refusal, which a sign-off answers, if there is one. `noun`: like `denial`. */
  readonly refusal: { readonly noun: string; readonly on: string } | undefined;
}

/**
 * The approval that the evidence proves. It is whole only with the status `approved`, the SID, the date, and a sign-off with a reference, by an
 * owner, dated no earlier than the last refusal and no later than the approval.
 *
 * @param owners the people who may sign off (`hub:owners`)
 */
export function provenGate(registered: Registered, evidence: Evidence, owners: readonly string[]): DeclaredGate {
  const reasons = missingEvidence(evidence, owners);
  const { sid, approvedOn, signOff } = evidence;
  const isWhole = reasons.length === 0 && sid.value !== undefined && approvedOn !== undefined && signOff !== undefined;
  if (!isWhole) return { ...registered, isWhole, reasons };
  return { ...registered, isWhole, sid: sid.value, approvedOn, signedOffOn: signOff.on };
}

function missingEvidence(evidence: Evidence, owners: readonly string[]): string[] {
  const { status, sid, approvedOn, signOff, signOffName, refusal } = evidence;
  const reasons: string[] = [];
  if (status !== "approved") reasons.push(`status is "${status}"`);
  if (sid.value === undefined) reasons.push(`no ${sid.key}`);
  if (approvedOn === undefined) reasons.push("no approvedOn");
  if (signOff === undefined) return [...reasons, `no ${signOffName}`];
  if (!owners.includes(signOff.by)) reasons.push(`signOff.by "${signOff.by}" is not in hub:owners`);
  if (refusal !== undefined && signOff.on < refusal.on) {
    reasons.push(`signOff.on ${signOff.on} is before the ${refusal.noun} of ${refusal.on}`);
  }
  if (approvedOn !== undefined && approvedOn < signOff.on) {
    reasons.push(`approvedOn ${approvedOn} is before the sign-off of ${signOff.on}`);
  }
  return reasons;
}

/**
 * The dates of a record that nobody can have written yet, a line each. This judges the record and opens nothing: an approval of today is no
 * mistake, although it does not count before `gateOn` says so.
 *
 * @param dates by their keys in the record, `YYYY-MM-DD`
 * @param today `YYYY-MM-DD`, UTC
 */
export function futureDates(dates: Readonly<Record<string, string | undefined>>, today: string): string[] {
  return Object.entries(dates).flatMap(([key, date]) =>
    date !== undefined && date > today ? [`${key} ${date} is in the future`] : [],
  );
}
