/** Every registration that the account's numbers need before they may text. */
import type { BrandRegistration, Campaign, MessagingService, TollfreeVerification } from "../messaging-records.ts";
import type { TwilioState } from "../state.ts";
import { addBrandRegistration, setBrandStatus } from "./brand-registration.ts";
import { addCampaign, SAMPLE_CAMPAIGN, setCampaignStatus } from "./campaign.ts";
import { addMessagingService, addSender } from "./messaging-service.ts";
import { addTollfreeVerification, isTollfree, setVerificationStatus } from "./tollfree-verification.ts";

/** The registrations of an account's numbers. A test changes them to take a permission away. */
export interface SenderRegistrations {
  readonly brand: BrandRegistration;
  /** The service with the campaign. Its pool has the local numbers, and leaves their texts to each number's own URL. */
  readonly service: MessagingService;
  readonly campaign: Campaign;
  /** The verification of each toll-free number. */
  readonly verifications: readonly TollfreeVerification[];
}

/**
 * Registers each of the account's numbers: a verified campaign of an approved brand for the local ones, a verification for each toll-free one.
 *
 * @param campaignSid the campaign's SID, for example the one of the config. Default: a new one
 * @param verificationSid the SID of the first toll-free number's verification. Default: a new one
 */
export function registerSenders(
  state: TwilioState,
  campaignSid?: string,
  verificationSid?: string,
): SenderRegistrations {
  const brand = addBrandRegistration(state);
  setBrandStatus(brand, "APPROVED");
  const service = addMessagingService(state, { friendly_name: "The hub", use_inbound_webhook_on_number: true });
  const details = { ...SAMPLE_CAMPAIGN, brand_registration_sid: brand.sid };
  const campaign = addCampaign(state, service, details, campaignSid);
  setCampaignStatus(campaign, "VERIFIED");
  const numbers = [...state.numbers.values()];
  for (const number of numbers.filter(({ phone_number }) => !isTollfree(phone_number)))
    addSender(state, service, number);
  const verifications = numbers
    .filter(({ phone_number }) => isTollfree(phone_number))
    .map((number, index) => addTollfreeVerification(state, number, index === 0 ? verificationSid : undefined));
  for (const verification of verifications) setVerificationStatus(verification, "TWILIO_APPROVED");
  return { brand, service, campaign, verifications };
}
