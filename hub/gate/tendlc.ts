/**
 * A2P 10DLC: the record of the registration, and the approval that it declares for a local number.
 * Source: docs/domain.md#compliance-alert: each campaign text sent without an approved campaign can cost 1,500 dollars.
 */
import { z } from "zod";
import { CalendarDate, CampaignSid, PlainText } from "../values/values.ts";
import { type DeclaredGate, provenGate, SignOff } from "./registration.ts";

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
  signOff: SignOff.optional(),
});
export type TendlcRecord = z.infer<typeof TendlcRecord>;

/**
 * The approval that a record declares for the local numbers.
 *
 * @param owners the people who may sign off (`hub:owners`)
 */
export function tendlcGate(record: TendlcRecord, owners: readonly string[]): DeclaredGate {
  const { status, plan, deniedOn, campaignSid, approvedOn, signOff } = record;
  const evidence = {
    ...{ status, approvedOn, signOff, signOffName: "B14a signOff" },
    sid: { key: "campaignSid", value: campaignSid },
    refusal: { noun: "denial", on: deniedOn },
  };
  return provenGate({ kind: "local", plan }, evidence, owners);
}

/** The dates of a record, by their keys. */
export function tendlcDates({ deniedOn, approvedOn, signOff }: TendlcRecord): Record<string, string | undefined> {
  return { deniedOn, approvedOn, "signOff.on": signOff?.on };
}
