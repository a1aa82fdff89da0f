/**
 * The verification of a toll-free number: its record, and the approval that it declares. 10DLC does not cover these numbers.
 * Source: https://www.twilio.com/docs/messaging/compliance/toll-free/console-onboarding: carriers block the texts of an unverified number (error 30032).
 */
import { z } from "zod";
import { CalendarDate, E164, VerificationSid } from "../values/values.ts";
import { type DeclaredGate, provenGate, SignOff } from "./registration.ts";

/** The verification's record in the stack's config (`hub:tollfree`). A partial approval parses, but declares no whole approval. */
export const TollfreeRecord = z.strictObject({
  status: z.enum(["rejected", "submitted", "approved"], {
    error: 'expected "rejected", "submitted" or "approved"',
  }),
  /** The number that is verified. A verification covers one. */
  number: E164,
  verificationSid: VerificationSid.optional(),
  /** When the verification was last rejected, if it was. A sign-off answers this rejection, so it cannot be older. */
  rejectedOn: CalendarDate.optional(),
  approvedOn: CalendarDate.optional(),
  signOff: SignOff.optional(),
});
export type TollfreeRecord = z.infer<typeof TollfreeRecord>;

/**
 * The approval that a record declares for a toll-free number. Without a record, or with that of another number, it is shut.
 *
 * @param owners the people who may sign off (`hub:owners`)
 */
export function tollfreeGate(
  number: E164,
  record: TollfreeRecord | undefined,
  owners: readonly string[],
): DeclaredGate {
  const kind = "toll-free";
  if (record === undefined) return { kind, isWhole: false, reasons: ["hub:tollfree is missing"] };
  if (record.number !== number) {
    return { kind, isWhole: false, reasons: ["hub:tollfree is the record of another number"] };
  }
  const { status, verificationSid, rejectedOn, approvedOn, signOff } = record;
  const evidence = {
    ...{ status, approvedOn, signOff, signOffName: "signOff" },
    sid: { key: "verificationSid", value: verificationSid },
    refusal: rejectedOn === undefined ? undefined : { noun: "rejection", on: rejectedOn },
  };
  return provenGate({ kind }, evidence, owners);
}

/** The dates of a record, by their keys. */
export function tollfreeDates({ rejectedOn, approvedOn, signOff }: TollfreeRecord): Record<string, string | undefined> {
  return { rejectedOn, approvedOn, "signOff.on": signOff?.on };
}
