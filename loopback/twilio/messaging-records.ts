/** Messaging services, their senders, and the registrations with the carriers, with the fields of Twilio's JSON. */

/** A messaging service (https://www.twilio.com/docs/messaging/api/service-resource). */
export interface MessagingService {
  sid: string;
  account_sid: string;
  friendly_name: string;
  /** Null: the texts to the service's senders are dropped, and are not in the log. */
  inbound_request_url: string | null;
  inbound_method: string;
  fallback_url: string | null;
  fallback_method: string;
  status_callback: string | null;
  sticky_sender: boolean;
  mms_converter: boolean;
  smart_encoding: boolean;
  scan_message_content: string;
  fallback_to_long_code: boolean;
  area_code_geomatch: boolean;
  synchronous_validation: boolean;
  /** Seconds. */
  validity_period: number;
  usecase: string;
  /** Whether the texts to the service's senders go to each number's own URL instead. */
  use_inbound_webhook_on_number: boolean;
  sending_windows: unknown[];
  date_created: string;
  date_updated: string;
  url: string;
  links: Record<string, string>;
}

/** A phone number in a service's sender pool (https://www.twilio.com/docs/messaging/api/phonenumber-resource). A number is in one pool at most. */
export interface ServicePhoneNumber {
  /** The SID of the phone number. */
  sid: string;
  account_sid: string;
  service_sid: string;
  phone_number: string;
  country_code: string;
  capabilities: string[];
  date_created: string;
  date_updated: string;
  url: string;
}

/** An error of a brand's or a campaign's registration. */
export interface RegistrationError {
  error_code: number;
  description: string;
  /** The page of the error. */
  url: string;
  /** The fields that were incorrect. */
  fields: string[];
}

/** The states of a brand, as https://www.twilio.com/docs/messaging/api/brand-registration-resource names them. */
export type BrandStatus =
  | "PENDING"
  | "APPROVED"
  | "FAILED"
  | "IN_REVIEW"
  | "DELETION_PENDING"
  | "DELETION_FAILED"
  | "SUSPENDED";

/** An A2P 10DLC brand (https://www.twilio.com/docs/messaging/api/brand-registration-resource). */
export interface BrandRegistration {
  sid: string;
  account_sid: string;
  customer_profile_bundle_sid: string;
  a2p_profile_bundle_sid: string;
  brand_type: string;
  status: BrandStatus;
  /** The brand's ID at The Campaign Registry. */
  tcr_id: string | null;
  failure_reason: string | null;
  errors: RegistrationError[];
  brand_score: number | null;
  brand_feedback: string[] | null;
  identity_status: "SELF_DECLARED" | "UNVERIFIED" | "VERIFIED" | "VETTED_VERIFIED" | null;
  russell_3000: boolean | null;
  government_entity: boolean | null;
  tax_exempt_status: string | null;
  skip_automatic_sec_vet: boolean;
  mock: boolean;
  date_created: string;
  date_updated: string;
  url: string;
  links: Record<string, string>;
}

/** The states of a campaign. The documents name them only as examples. */
export type CampaignStatus = "PENDING" | "IN_PROGRESS" | "VERIFIED" | "FAILED";

/** An A2P 10DLC campaign (https://www.twilio.com/docs/messaging/api/usapptoperson-resource). */
export interface Campaign {
  sid: string;
  account_sid: string;
  messaging_service_sid: string;
  brand_registration_sid: string;
  description: string;
  message_flow: string;
  message_samples: string[];
  us_app_to_person_usecase: string;
  has_embedded_links: boolean;
  has_embedded_phone: boolean;
  subscriber_opt_in: boolean;
  age_gated: boolean;
  direct_lending: boolean;
  campaign_status: CampaignStatus;
  /** The campaign's ID at The Campaign Registry. */
  campaign_id: string | null;
  is_externally_registered: boolean;
  rate_limits: Record<string, unknown> | null;
  opt_in_message: string;
  opt_out_message: string;
  help_message: string;
  opt_in_keywords: string[];
  opt_out_keywords: string[];
  help_keywords: string[];
  privacy_policy_url: string | null;
  terms_and_conditions_url: string | null;
  mock: boolean;
  errors: RegistrationError[];
  date_created: string;
  date_updated: string;
  url: string;
}

/** The states of a verification, as https://www.twilio.com/docs/messaging/api/tollfree-verification-resource names them. */
export type VerificationStatus = "PENDING_REVIEW" | "IN_REVIEW" | "TWILIO_APPROVED" | "TWILIO_REJECTED";

/** The verification of a toll-free number (https://www.twilio.com/docs/messaging/api/tollfree-verification-resource). */
export interface TollfreeVerification {
  sid: string;
  account_sid: string;
  customer_profile_sid: string | null;
  trust_product_sid: string | null;
  regulated_item_sid: string | null;
  business_name: string;
  business_street_address: string | null;
  business_street_address2: string | null;
  business_city: string | null;
  business_state_province_region: string | null;
  business_postal_code: string | null;
  business_country: string | null;
  business_website: string;
  business_contact_first_name: string | null;
  business_contact_last_name: string | null;
  business_contact_email: string | null;
  business_contact_phone: string | null;
  notification_email: string;
  use_case_categories: string[];
  use_case_summary: string;
  production_message_sample: string;
  opt_in_image_urls: string[];
  opt_in_type: "VERBAL" | "WEB_FORM" | "PAPER_FORM" | "VIA_TEXT" | "MOBILE_QR_CODE";
  /** Messages a month, in words such as `1,000`. */
  message_volume: string;
  additional_information: string | null;
  tollfree_phone_number_sid: string;
  status: VerificationStatus;
  rejection_reason: string | null;
  error_code: number | null;
  /** The end of the time in which a rejected verification can be edited. */
  edit_expiration: string | null;
  edit_allowed: boolean | null;
  rejection_reasons: { code: number; reason: string }[] | null;
  resource_links: Record<string, string>;
  external_reference_id: string | null;
  date_created: string;
  date_updated: string;
  url: string;
}
