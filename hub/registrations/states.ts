/** The states of Twilio's registrations, in words. The words follow the name of the registration. */

type States = Readonly<Record<string, string>>;

/** Source: https://www.twilio.com/docs/messaging/api/brand-registration-resource */
export const BRAND_STATES: States = {
  PENDING: "waits for its review",
  IN_REVIEW: "is in review",
  APPROVED: "is approved",
  FAILED: "failed its review",
  SUSPENDED: "is suspended",
  DELETION_PENDING: "is being deleted",
  DELETION_FAILED: "was to be deleted, and the deletion failed",
};

/** The documents name these states as examples. Source: https://www.twilio.com/docs/messaging/api/usapptoperson-resource */
export const CAMPAIGN_STATES: States = {
  PENDING: "waits for its review",
  IN_PROGRESS: "is in review",
  VERIFIED: "is verified",
  FAILED: "failed its review",
  SUSPENDED: "is suspended",
};

/** Source: https://www.twilio.com/docs/messaging/api/tollfree-verification-resource */
export const VERIFICATION_STATES: States = {
  PENDING_REVIEW: "waits for its review",
  IN_REVIEW: "is in review",
  TWILIO_APPROVED: "is approved",
  TWILIO_REJECTED: "is rejected",
};

/** A state in words, with Twilio's name for it. */
export function stateWords(states: States, state: string): string {
  const words = Object.hasOwn(states, state) ? states[state] : undefined;
  return words === undefined ? `is in a state that the hub does not know: ${state}` : `${words} (${state})`;
}
