/**
 * Verifications of toll-free numbers. A test or the demo decides them.
 * Source: https://www.twilio.com/docs/messaging/api/tollfree-verification-resource
 */
import type { IncomingPhoneNumber } from "../incoming-phone-number.ts";
import type { TollfreeVerification, VerificationStatus } from "../messaging-records.ts";
import { numberOf, type TwilioState } from "../state.ts";
import { isoDate, newSid } from "../values.ts";

/** Adds a verification of a toll-free number to the account, with a new SID unless one is given. It waits for its review. */
export function addTollfreeVerification(
  state: TwilioState,
  number: Pick<IncomingPhoneNumber, "sid">,
  sid = newSid("HH"),
): TollfreeVerification {
  const now = isoDate(new Date());
  const verification: TollfreeVerification = {
    sid,
    account_sid: state.accountSid,
    customer_profile_sid: null,
    trust_product_sid: null,
    regulated_item_sid: null,
    ...SAMPLE_BUSINESS,
    ...SAMPLE_USE,
    tollfree_phone_number_sid: number.sid,
    status: "PENDING_REVIEW",
    ...NOT_REJECTED,
    resource_links: {},
    external_reference_id: null,
    date_created: now,
    date_updated: now,
    url: `https://messaging.twilio.com/v1/Tollfree/Verifications/${sid}`,
  };
  state.tollfreeVerifications.set(sid, verification);
  return verification;
}

const SAMPLE_BUSINESS = {
  business_name: "Example Homes",
  business_street_address: "1 Main Street",
  business_street_address2: null,
  business_city: "Springfield",
  business_state_province_region: "IL",
  business_postal_code: "62701",
  business_country: "US",
  business_website: "https://example.com",
  business_contact_first_name: "Jo",
  business_contact_last_name: "Doe",
  business_contact_email: "jo@example.com",
  business_contact_phone: "+12135550100",
  notification_email: "jo@example.com",
};

const SAMPLE_USE = {
  use_case_categories: ["CUSTOMER_CARE"],
  use_case_summary: "Reminders of appointments",
  production_message_sample: "Your appointment is on Monday at 10.",
  opt_in_image_urls: ["https://example.com/opt-in.png"],
  opt_in_type: "WEB_FORM" as const,
  message_volume: "1,000",
  additional_information: null,
};

const NOT_REJECTED = {
  rejection_reason: null,
  error_code: null,
  edit_expiration: null,
  edit_allowed: null,
  rejection_reasons: null,
};

/** The reason for a rejected verification. */
export interface Rejection {
  /** Twilio's error code, such as 30513. */
  readonly code: number;
  readonly reason: string;
  /** The time until which the verification can be edited. Missing if it cannot be edited. */
  readonly editableUntil?: Date;
}

/** Sets the status of a verification that is not rejected. */
export function setVerificationStatus(
  verification: TollfreeVerification,
  status: Exclude<VerificationStatus, "TWILIO_REJECTED">,
): void {
  Object.assign(verification, { status, ...NOT_REJECTED, date_updated: isoDate(new Date()) });
}

/** Rejects a verification. */
export function rejectVerification(
  verification: TollfreeVerification,
  { code, reason, editableUntil }: Rejection,
): void {
  Object.assign(verification, {
    status: "TWILIO_REJECTED",
    rejection_reason: reason,
    error_code: code,
    rejection_reasons: [{ code, reason }],
    edit_allowed: editableUntil !== undefined,
    edit_expiration: editableUntil === undefined ? null : isoDate(editableUntil),
    date_updated: isoDate(new Date()),
  });
}

/** Whether a phone number is one of North America's toll-free numbers. */
export function isTollfree(phoneNumber: string): boolean {
  return /^\+1(800|833|844|855|866|877|888)/.test(phoneNumber);
}

/** Whether a toll-free number has an approved verification. Only then may it text. */
export function isVerified(state: TwilioState, phoneNumber: string): boolean {
  const sid = numberOf(state, phoneNumber)?.sid;
  return [...state.tollfreeVerifications.values()].some(
    ({ tollfree_phone_number_sid, status }) => tollfree_phone_number_sid === sid && status === "TWILIO_APPROVED",
  );
}
