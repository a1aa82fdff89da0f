/** Requests about the registrations of senders, with each state that a brand, a campaign and a verification can have. */
import type {
  BrandStatus,
  CampaignStatus,
  RegistrationError,
  VerificationStatus,
} from "../../../../loopback/twilio/messaging-records.ts";
import { addBrandRegistration, setBrandStatus } from "../../../../loopback/twilio/registrations/brand-registration.ts";
import { addCampaign, SAMPLE_CAMPAIGN, setCampaignStatus } from "../../../../loopback/twilio/registrations/campaign.ts";
import { addMessagingService } from "../../../../loopback/twilio/registrations/messaging-service.ts";
import {
  addTollfreeVerification,
  rejectVerification,
  setVerificationStatus,
} from "../../../../loopback/twilio/registrations/tollfree-verification.ts";
import { callApi } from "../../../../loopback/twilio/testing/account.ts";
import { create, read, readPages } from "./read.ts";
import type { Site } from "./site.ts";

const HOST = "https://messaging.twilio.com/v1";
const URL_OF_TEXTS = "https://webhook.reri.co/sms/webhook";
const ERROR: RegistrationError = {
  error_code: 30897,
  description: "Disallowed content",
  url: "https://www.twilio.com/docs/api/errors/30897",
  fields: ["MESSAGE_FLOW"],
};

/** Reads each registration in each state, fills and empties a sender pool, and changes a service. */
export async function useRegistrations(site: Site): Promise<void> {
  await useSenders(site);
  await changeService(site);
  await readBrands(site);
  await readCampaigns(site);
  await readVerifications(site);
}

async function useSenders(site: Site): Promise<void> {
  const { state } = site.cloud.twilio;
  const pool = `${HOST}/Services/${addMessagingService(state, { friendly_name: "A pool" }).sid}/PhoneNumbers`;
  const sids = [...state.numbers.keys()];
  for (const sid of sids) await create(site, pool, { PhoneNumberSid: sid });
  await readPages(site, `${pool}?PageSize=1`);
  for (const sid of sids) {
    await read(site, `${pool}/${sid}`);
    await callApi(site.cloud.twilio, `${pool}/${sid}`, { method: "DELETE" });
  }
}

async function changeService(site: Site): Promise<void> {
  const { sid } = addMessagingService(site.cloud.twilio.state, { friendly_name: "A service" });
  const update = (form: Record<string, string>) => read(site, `${HOST}/Services/${sid}`, { form });
  await update({ InboundRequestUrl: URL_OF_TEXTS, InboundMethod: "GET", UseInboundWebhookOnNumber: "false" });
  await update({
    FallbackUrl: URL_OF_TEXTS,
    FallbackMethod: "GET",
    StatusCallback: URL_OF_TEXTS,
    Usecase: "marketing",
  });
  await update({ StickySender: "false", MmsConverter: "false", SmartEncoding: "false", ScanMessageContent: "enable" });
  await update({ FallbackToLongCode: "false", AreaCodeGeomatch: "false", SynchronousValidation: "true" });
  await update({ FriendlyName: "Another name", ValidityPeriod: "60", UseInboundWebhookOnNumber: "true" });
}

async function readBrands(site: Site): Promise<void> {
  const statuses: Record<BrandStatus, readonly RegistrationError[]> = {
    ...{ PENDING: [], IN_REVIEW: [], APPROVED: [], FAILED: [ERROR], SUSPENDED: [] },
    ...{ DELETION_PENDING: [], DELETION_FAILED: [] },
  };
  const brand = addBrandRegistration(site.cloud.twilio.state);
  await read(site, brand.url);
  for (const status of keysOf(statuses)) {
    setBrandStatus(brand, status, statuses[status]);
    await read(site, brand.url);
  }
  addBrandRegistration(site.cloud.twilio.state);
  await readPages(site, `${HOST}/a2p/BrandRegistrations?PageSize=1`);
}

async function readCampaigns(site: Site): Promise<void> {
  const { state } = site.cloud.twilio;
  const service = addMessagingService(state, { friendly_name: "A campaign's" });
  const { sid } = addBrandRegistration(state);
  const campaign = addCampaign(state, service, { ...SAMPLE_CAMPAIGN, brand_registration_sid: sid });
  const statuses: Record<CampaignStatus, readonly RegistrationError[]> = {
    ...{ PENDING: [], IN_PROGRESS: [], FAILED: [ERROR], VERIFIED: [] },
  };
  for (const status of keysOf(statuses)) {
    setCampaignStatus(campaign, status, statuses[status]);
    await read(site, campaign.url);
    await readPages(site, `${service.url}/Compliance/Usa2p`);
  }
  await read(site, service.url);
}

async function readVerifications(site: Site): Promise<void> {
  const { state } = site.cloud.twilio;
  const [number] = state.numbers.values();
  if (number === undefined) throw new Error("the account has no number");
  const verification = addTollfreeVerification(state, number);
  const statuses: Record<Exclude<VerificationStatus, "TWILIO_REJECTED">, true> = {
    ...{ PENDING_REVIEW: true, IN_REVIEW: true, TWILIO_APPROVED: true },
  };
  for (const status of keysOf(statuses)) {
    setVerificationStatus(verification, status);
    await read(site, verification.url);
  }
  for (const editableUntil of [undefined, new Date()]) {
    const rejection = { code: 30513, reason: "The opt-in is not sufficient", ...(editableUntil && { editableUntil }) };
    rejectVerification(verification, rejection);
    await read(site, verification.url);
  }
  addTollfreeVerification(state, number);
  const verifications = `${HOST}/Tollfree/Verifications`;
  await readPages(site, `${verifications}?PageSize=1&TollfreePhoneNumberSid=${number.sid}`);
  await readPages(site, `${verifications}?Status=TWILIO_REJECTED&ExternalReferenceId=any&IncludeSubAccounts=false`);
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] {
  const isKey = (key: string): key is Key => key in record;
  return Object.keys(record).filter(isKey);
}
