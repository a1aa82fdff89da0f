/**
 * A2P 10DLC brands. A test or the demo decides them.
 * Source: https://www.twilio.com/docs/messaging/api/brand-registration-resource
 */
import type { BrandRegistration, BrandStatus, RegistrationError } from "../messaging-records.ts";
import type { TwilioState } from "../state.ts";
import { isoDate, newSid } from "../values.ts";

/** Adds a brand to the account. It is pending. */
export function addBrandRegistration(state: TwilioState): BrandRegistration {
  const sid = newSid("BN");
  const now = isoDate(new Date());
  const url = `https://messaging.twilio.com/v1/a2p/BrandRegistrations/${sid}`;
  const brand: BrandRegistration = {
    sid,
    account_sid: state.accountSid,
    customer_profile_bundle_sid: newSid("BU"),
    a2p_profile_bundle_sid: newSid("BU"),
    brand_type: "STANDARD",
    status: "PENDING",
    tcr_id: null,
    failure_reason: null,
    errors: [],
    brand_score: null,
    brand_feedback: null,
    identity_status: null,
    russell_3000: null,
    government_entity: null,
    tax_exempt_status: null,
    skip_automatic_sec_vet: false,
    mock: false,
    date_created: now,
    date_updated: now,
    url,
    links: { brand_vettings: `${url}/Vettings`, brand_registration_otps: `${url}/SmsOtp` },
  };
  state.brandRegistrations.set(sid, brand);
  return brand;
}

/**
 * Sets the status of a brand, and the fields that depend on it: an approved brand is at The Campaign Registry, with an identity and a score.
 *
 * @param errors the errors of a failed registration
 */
export function setBrandStatus(
  brand: BrandRegistration,
  status: BrandStatus,
  errors: readonly RegistrationError[] = [],
): void {
  Object.assign(brand, { status, errors: [...errors], failure_reason: errors[0]?.description ?? null });
  if (status === "APPROVED") Object.assign(brand, APPROVED, { tcr_id: brand.tcr_id ?? registryId("B") });
  brand.date_updated = isoDate(new Date());
}

const APPROVED = {
  identity_status: "VERIFIED",
  brand_score: 42,
  brand_feedback: [],
  russell_3000: false,
  government_entity: false,
};

/** Makes an ID of The Campaign Registry: a letter for the kind (`B` for a brand, `C` for a campaign) and six others. */
export function registryId(kind: "B" | "C"): string {
  return `${kind}${newSid("").slice(0, 6).toUpperCase()}`;
}
