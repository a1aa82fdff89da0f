/**
 * A2P 10DLC campaigns. A test or the demo decides them.
 * Source: https://www.twilio.com/docs/messaging/api/usapptoperson-resource
 */
import type { Campaign, CampaignStatus, MessagingService, RegistrationError } from "../messaging-records.ts";
import type { TwilioState } from "../state.ts";
import { isoDate, newSid } from "../values.ts";
import { registryId } from "./brand-registration.ts";

/** The fields of a campaign that its creation sets. */
export type CampaignDetails = Omit<
  Campaign,
  | "sid"
  | "account_sid"
  | "messaging_service_sid"
  | "campaign_status"
  | "campaign_id"
  | "is_externally_registered"
  | "rate_limits"
  | "mock"
  | "errors"
  | "date_created"
  | "date_updated"
  | "url"
>;

/** The details of a campaign, for {@link addCampaign}. Its brand is missing. */
export const SAMPLE_CAMPAIGN: Omit<CampaignDetails, "brand_registration_sid"> = {
  description: "Reminders of appointments",
  message_flow: "People opt in on the web form at https://example.com/contact.",
  message_samples: ["Your appointment is on Monday at 10.", "We will be with you tomorrow at 9."],
  us_app_to_person_usecase: "MIXED",
  has_embedded_links: false,
  has_embedded_phone: false,
  subscriber_opt_in: true,
  age_gated: false,
  direct_lending: false,
  opt_in_message: "You will get reminders of your appointments. Reply STOP to end them.",
  opt_out_message: "You will get no more texts.",
  help_message: "Call us for help.",
  opt_in_keywords: ["START"],
  opt_out_keywords: ["STOP"],
  help_keywords: ["HELP"],
  privacy_policy_url: "https://example.com/privacy",
  terms_and_conditions_url: "https://example.com/terms",
};

/** Adds a campaign to a service, with a new SID unless one is given. It is pending. */
export function addCampaign(
  state: TwilioState,
  service: MessagingService,
  details: CampaignDetails,
  sid = newSid("QE"),
): Campaign {
  const now = isoDate(new Date());
  const campaign: Campaign = {
    sid,
    account_sid: service.account_sid,
    messaging_service_sid: service.sid,
    ...details,
    campaign_status: "PENDING",
    campaign_id: null,
    is_externally_registered: false,
    rate_limits: null,
    mock: false,
    errors: [],
    date_created: now,
    date_updated: now,
    url: `${service.url}/Compliance/Usa2p/${sid}`,
  };
  state.campaigns.push(campaign);
  return campaign;
}

/**
 * Sets the status of a campaign, and the fields that depend on it: a verified campaign is at The Campaign Registry, with the carriers' rate limits.
 *
 * @param errors the errors of a failed registration
 */
export function setCampaignStatus(
  campaign: Campaign,
  status: CampaignStatus,
  errors: readonly RegistrationError[] = [],
): void {
  Object.assign(campaign, { campaign_status: status, errors: [...errors], date_updated: isoDate(new Date()) });
  if (status !== "VERIFIED") return;
  campaign.campaign_id ??= registryId("C");
  campaign.rate_limits = RATE_LIMITS;
}

const RATE_LIMITS = { att: { mps: 600, msg_class: "A" }, tmobile: { brand_tier: "TOP" } };

/** Whether a service has a verified campaign. Only then may its local numbers text people in the US. */
export function hasVerifiedCampaign(state: TwilioState, serviceSid: string): boolean {
  return state.campaigns.some(
    ({ messaging_service_sid, campaign_status }) =>
      messaging_service_sid === serviceSid && campaign_status === "VERIFIED",
  );
}
