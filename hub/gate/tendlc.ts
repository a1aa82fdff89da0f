/**
 * A2P 10DLC: the record of the registration, and the approval that it declares.
 * Source: docs/domain.md#compliance-alert: each campaign text sent without an approved campaign can cost 1,500 dollars.
 */
import { z } from "zod";
import { CalendarDate, CampaignSid, PlainText } from "../values/values.ts";

/** The registration's record in the stack's config (`hub:tendlc`). A partial approval parses, but declares no whole approval. */
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

/** A whole approval: the campaign, its date, and the date of the sign-off. Dates are `YYYY-MM-DD`. */
export interface TendlcApproval {
  readonly campaignSid: CampaignSid;
  readonly approvedOn: string;
  readonly signedOffOn: string;
}

/**
 * The approval that a record declares, on no particular day: `gateOn` (gate-on.ts) says whether texts may leave now. One that is not whole names
 * everything that is missing.
 */
export type DeclaredGate = { readonly plan: string } & (
  | ({ readonly isWhole: true } & TendlcApproval)
  | { readonly isWhole: false; readonly reasons: readonly string[] }
);

/**
 * The approval that a record declares. It is whole only with the status `approved`, the campaign's SID, the date, and a B14a sign-off with a
 * reference, by an owner, dated no earlier than the denial and no later than the approval.
 *
 * @param owners the people who may sign off (`hub:owners`)
 */
export function declaredGate(record: TendlcRecord, owners: readonly string[]): DeclaredGate {
  const reasons = missingEvidence(record, owners);
  const { plan, campaignSid, approvedOn, signOff } = record;
  const isWhole =
    reasons.length === 0 && campaignSid !== undefined && approvedOn !== undefined && signOff !== undefined;
  if (!isWhole) return { plan, isWhole, reasons };
  return { plan, isWhole, campaignSid, approvedOn, signedOffOn: signOff.on };
}

/**
 * The dates of a record that nobody can have written yet, a line each. This judges the record and opens nothing: an approval of today is no
 * mistake, although it does not count before `gateOn` says so.
 *
 * @param today `YYYY-MM-DD`, UTC
 */
export function futureDates({ deniedOn, approvedOn, signOff }: TendlcRecord, today: string): string[] {
  return Object.entries({ deniedOn, approvedOn, "signOff.on": signOff?.on }).flatMap(([key, date]) =>
    date !== undefined && date > today ? [`${key} ${date} is in the future`] : [],
  );
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
