/** Decides whether Twilio's registrations let a sender text. Only the one state of each resource that says so counts. */
import type { Brand, Campaign, Verification } from "./answers.ts";
import type { Registrations } from "./read-registrations.ts";
import type { SenderRegistration, TwilioWord } from "./sender-registration.ts";
import { BRAND_STATES, CAMPAIGN_STATES, stateWords, VERIFICATION_STATES } from "./states.ts";

/**
 * Twilio's word on a sender: `verified` only if
 * - its campaign is VERIFIED, the campaign's brand is APPROVED, and the campaign's service has the number among its senders; or
 * - for a toll-free number, the verification is TWILIO_APPROVED and of this very number.
 *
 * Another account's resource, a mock and a state that nobody knows yet verify nothing.
 *
 * @param accountSid the account whose numbers these are
 */
export function wordOf(registration: SenderRegistration, registrations: Registrations, accountSid: string): TwilioWord {
  const reasons =
    registration.kind === "local"
      ? campaignReasons(registration, registrations, accountSid)
      : verificationReasons(registration, registrations, accountSid);
  return reasons.length === 0 ? { isVerified: true } : { isVerified: false, reasons };
}

function campaignReasons(
  { registrationSid, numberSid, sender }: SenderRegistration,
  { campaigns, brands, pools }: Registrations,
  accountSid: string,
): string[] {
  const campaign = campaigns.get(registrationSid);
  if (campaign === undefined) return [`Twilio has no campaign ${registrationSid} in any messaging service`];
  const { messaging_service_sid: serviceSid, brand_registration_sid: brandSid } = campaign;
  const isInPool = pools
    .get(serviceSid)
    ?.some(
      (number) =>
        number.sid === numberSid &&
        number.phone_number === sender &&
        number.service_sid === serviceSid &&
        number.account_sid === accountSid,
    );
  return [
    ...accountReasons(`campaign ${campaign.sid}`, campaign, accountSid),
    ...stateReasons(campaign),
    ...brandReasons(brandSid, brands.get(brandSid), accountSid),
    ...(isInPool ? [] : [`the number is not a sender of ${serviceSid}, the messaging service of the campaign`]),
  ];
}

function stateReasons({ sid, campaign_status: status, mock, errors }: Campaign): string[] {
  return [
    ...(status === "VERIFIED" ? [] : [`campaign ${sid} ${stateWords(CAMPAIGN_STATES, status)}`]),
    ...(mock ? [`campaign ${sid} is a mock, for tests alone`] : []),
    ...errors.map((code) => `campaign ${sid} has ${errorWords(code)}`),
  ];
}

function brandReasons(sid: string, brand: Brand | undefined, accountSid: string): string[] {
  if (brand === undefined) return [`Twilio has no brand ${sid}, which the campaign names`];
  const isApproved = brand.status === "APPROVED";
  return [
    ...accountReasons(`brand ${sid}`, brand, accountSid),
    ...(isApproved ? [] : [`brand ${sid} ${stateWords(BRAND_STATES, brand.status)}`]),
    ...(isApproved ? [] : brand.errors.map((code) => `brand ${sid} has ${errorWords(code)}`)),
    ...(brand.mock ? [`brand ${sid} is a mock, for tests alone`] : []),
  ];
}

function verificationReasons(
  { registrationSid, numberSid }: SenderRegistration,
  { verifications }: Registrations,
  accountSid: string,
): string[] {
  const verification = verifications.get(registrationSid);
  if (verification === undefined) return [`Twilio has no toll-free verification ${registrationSid}`];
  const { sid, tollfree_phone_number_sid: numberOfIt } = verification;
  return [
    ...accountReasons(`verification ${sid}`, verification, accountSid),
    ...(numberOfIt === numberSid ? [] : [`verification ${sid} is of another number (${numberOfIt})`]),
    ...verificationStateReasons(verification),
  ];
}

function verificationStateReasons(verification: Verification): string[] {
  const { sid, status, error_code: code, rejection_reason: reason } = verification;
  if (status === "TWILIO_APPROVED") return [];
  return [
    `verification ${sid} ${stateWords(VERIFICATION_STATES, status)}`,
    ...(code === null ? [] : [`verification ${sid} has ${errorWords(code)}`]),
    ...(reason === null ? [] : [`the reason given is: ${reason}`]),
  ];
}

function accountReasons(what: string, resource: { readonly account_sid: string }, accountSid: string): string[] {
  return resource.account_sid === accountSid ? [] : [`${what} belongs to another account`];
}

function errorWords(code: number): string {
  return code === 0 ? "an error without a code" : `error ${code} (https://www.twilio.com/docs/api/errors/${code})`;
}
