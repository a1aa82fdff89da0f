/**
 * A2P 10DLC: the record of the registration, and the gate derived from it.
 * Source: docs/domain.md#compliance-alert: each campaign text sent without an approved campaign can cost 1,500 dollars.
 */
import { z } from "zod";
import { CalendarDate, CampaignSid, PlainText } from "../values/values.ts";

/** The registration's record in the stack's config (`hub:tendlc`). A partial approval parses, but the gate stays shut. */
export const TendlcRecord = z.strictObject({
  status: z.enum(["denied", "submitted", "approved"], {
    error: 'expected "denied", "submitted" or "approved"',
  }),
  /** The plan that governs the resubmission. */
  plan: PlainText,
  /** When the carriers last denied the campaign. A sign-off answers this denial, so it cannot be older. */
  deniedOn: CalendarDate,
  campaignSid: CampaignSid.optional(),
  approvedOn: CalendarDate.optional(),
  /** The B14a sign-off. */
  signOff: z.strictObject({ by: PlainText, on: CalendarDate, reference: PlainText }).optional(),
});
export type TendlcRecord = z.infer<typeof TendlcRecord>;

/** The approval that opened a gate: the campaign, its date, and the date of the sign-off. Dates are `YYYY-MM-DD`. */
export interface TendlcApproval {
  readonly campaignSid: CampaignSid;
  readonly approvedOn: string;
  readonly signedOffOn: string;
}

/** Whether a campaign text may leave, under the plan that governs the registration. A shut gate names everything that is missing. */
export type TendlcGate = { readonly plan: string } & (
  | ({ readonly open: true } & TendlcApproval)
  | { readonly open: false; readonly reasons: readonly string[] }
);

/**
 * The gate of a record. It opens only on a complete approval: status `approved`, the campaign's SID, the date, and a B14a sign-off with a
 * reference, by an owner, dated no earlier than the denial and no later than the approval.
 *
 * @param owners the people who may sign off (`hub:owners`)
 */
export function tendlcGate(record: TendlcRecord, owners: readonly string[]): TendlcGate {
  const reasons = missingEvidence(record, owners);
  const { plan, campaignSid, approvedOn, signOff } = record;
  const isWhole =
    reasons.length === 0 && campaignSid !== undefined && approvedOn !== undefined && signOff !== undefined;
  if (!isWhole) return { plan, open: false, reasons };
  return { plan, open: true, campaignSid, approvedOn, signedOffOn: signOff.on };
}

/** The dates of a record that are in the future, a line each. `today` is `YYYY-MM-DD`, UTC. */
export function futureDates({ deniedOn, approvedOn, signOff }: TendlcRecord, today: string): string[] {
  return Object.entries({ deniedOn, approvedOn, "signOff.on": signOff?.on }).flatMap(([key, date]) =>
    date !== undefined && date > today ? [`${key} ${date} is in the future`] : [],
  );
}

/** The gate on a given day: an approval with a date in the future does not open it yet. `today` is `YYYY-MM-DD`, UTC. */
export function gateOn(gate: TendlcGate, record: TendlcRecord, today: string): TendlcGate {
  const reasons = futureDates(record, today);
  return gate.open && reasons.length > 0 ? { plan: gate.plan, open: false, reasons } : gate;
}

function missingEvidence(record: TendlcRecord, owners: readonly string[]): string[] {
  const { status, campaignSid, approvedOn, signOff, deniedOn } = record;
  const reasons: string[] = [];
  if (status !== "approved") reasons.push(`status is "${status}"`);
  if (campaignSid === undefined) reasons.push("no campaignSid");
  if (approvedOn === undefined) reasons.push("no approvedOn");
  if (signOff === undefined) return [...reasons, "no B14a signOff"];
  if (!owners.includes(signOff.by)) reasons.push(`signOff.by "${signOff.by}" is not in hub:owners`);
  if (signOff.on < deniedOn) reasons.push(`signOff.on ${signOff.on} is before the denial of ${deniedOn}`);
  if (approvedOn !== undefined && approvedOn < signOff.on) {
    reasons.push(`approvedOn ${approvedOn} is before the sign-off of ${signOff.on}`);
  }
  return reasons;
}
