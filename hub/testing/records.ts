/** The records of approved registrations, as in the stack's config. */

/** The plan in {@link APPROVED_RECORD}. */
export const PLAN = "osil-twilio-10dlc-resubmission-2026-05-03";

/** A complete approval of 10DLC. */
export const APPROVED_RECORD = {
  status: "approved",
  plan: PLAN,
  deniedOn: "2026-05-03",
  campaignSid: `QE${"a".repeat(32)}`,
  approvedOn: "2026-06-20",
  signOff: { by: "Henry Hill", on: "2026-06-01", reference: "B14a" },
};

/** A complete approval of the toll-free number. */
export const VERIFIED_RECORD = {
  status: "approved",
  number: "+18446883807",
  rejectedOn: "2026-05-03",
  verificationSid: `HH${"a".repeat(32)}`,
  approvedOn: "2026-06-20",
  signOff: { by: "Henry Hill", on: "2026-06-01", reference: "minutes of June" },
};
