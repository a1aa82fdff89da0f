/** Requests of nobody here, so that each route answers, each record passes through its states, and lists have several pages. */
import { incomingPhoneNumber } from "../../../../loopback/twilio/incoming-phone-number.ts";
import { callApi, type RequestOptions } from "../../../../loopback/twilio/testing/account.ts";
import { newSid } from "../../../../loopback/twilio/values.ts";
import { create, read, readPages } from "./read.ts";
import { useRegistrations } from "./registration-steps.ts";
import type { Site } from "./site.ts";

/** The name under which the recorder keeps these requests. */
export const ANYBODY = "anybody";

const PERSON = "+12135550100";

/** The URLs of the account in the APIs of the loopback cloud. */
export function accountUrls({ cloud }: Pick<Site, "cloud">) {
  const account = `https://api.twilio.com/2010-04-01/Accounts/${cloud.twilio.state.accountSid}`;
  const services = "https://messaging.twilio.com/v1/Services";
  return { account, services, campaigns: (service: string) => `${services}/${service}/Compliance/Usa2p` };
}

/** Creates a messaging service, and returns its SID. */
export async function createService(site: Pick<Site, "cloud">, form: Readonly<Record<string, string>> = {}) {
  return create(site, accountUrls(site).services, { FriendlyName: "The hub", ...form });
}

/** Uses each route of the loopback cloud, with each kind of record. */
export async function useEverything(site: Site): Promise<void> {
  await useCalls(site);
  await useTexts(site);
  await useServices(site);
  await useRegistrations(site);
  await useRecordings(site);
  await useNumbers(site);
}

async function useCalls(site: Site): Promise<void> {
  const { cloud, number } = site;
  const calls = `${accountUrls(site).account}/Calls`;
  const form = { To: PERSON, From: number.number, Url: site.urls.voiceUrl };
  const inbound = await cloud.placeCall({ to: number.number, from: PERSON });
  await read(site, `${calls}/${inbound.sid}.json`);
  await cloud.completeCall(inbound.sid);
  for (const status of ["busy", "failed", "no-answer", "canceled"] as const) {
    const sid = await create(site, `${calls}.json`, form);
    await read(site, `${calls}/${sid}.json`);
    await cloud.progressCall(sid, status);
    await read(site, `${calls}/${sid}.json`);
  }
  const twiml = { To: PERSON, From: number.number, Twiml: "<Response><Hangup/></Response>" };
  const answered = await create(site, `${calls}.json`, twiml);
  await cloud.answerCall(answered, { answeredBy: "human" });
  await cloud.completeCall(answered);
  await readPages(site, `${calls}.json?PageSize=2&To=${encodeURIComponent(PERSON)}`);
  await readPages(site, `${calls}.json?Status=busy&From=${encodeURIComponent(number.number)}`);
}

async function useTexts(site: Site): Promise<void> {
  const { cloud, number } = site;
  const messages = `${accountUrls(site).account}/Messages`;
  const inbound = await cloud.placeText({ to: number.number, from: PERSON, body: "Hi" });
  await read(site, `${messages}/${inbound.sid}.json`);
  const service = await createService(site);
  const form = { To: PERSON, Body: "Hello." };
  const image = "https://example.com/image.png";
  const accepted = await create(site, `${messages}.json`, { ...form, MessagingServiceSid: service });
  const withImage = await create(site, `${messages}.json`, { To: PERSON, From: number.number, MediaUrl: image });
  for (const status of ["sending", "sent", "delivered", "read", "undelivered", "failed"] as const) {
    await cloud.reportMessageStatus(accepted, { status, ...(status === "failed" && { errorCode: 30034 }) });
    await read(site, `${messages}/${accepted}.json`);
  }
  await read(site, `${messages}/${withImage}.json`);
  await callApi(cloud.twilio, `${messages}/${withImage}.json`, { method: "DELETE" });
  await readPages(site, `${messages}.json?PageSize=1&From=${encodeURIComponent(number.number)}`);
}

async function useServices(site: Site): Promise<void> {
  const { services, campaigns } = accountUrls(site);
  const url = "https://webhook.reri.co/sms/webhook";
  const full = await createService(site, { InboundRequestUrl: url, FallbackUrl: url, StatusCallback: url });
  await readPages(site, `${services}?PageSize=1`);
  await read(site, `${services}/${full}`);
  const form = new URLSearchParams({
    ...{ BrandRegistrationSid: newSid("BN"), Description: "Reminders", MessageFlow: "Opt in by web form" },
    ...{ UsAppToPersonUsecase: "MIXED", HasEmbeddedLinks: "true", HasEmbeddedPhone: "false" },
  });
  for (const sample of ["one", "two"]) form.append("MessageSamples", sample);
  for (const _ of [1, 2]) await create(site, campaigns(full), form);
  await readPages(site, `${campaigns(full)}?PageSize=1`);
  await callApi(site.cloud.twilio, `${services}/${full}`, { method: "DELETE" });
}

async function useRecordings(site: Site): Promise<void> {
  const { cloud, number, urls } = site;
  const recordings = `${accountUrls(site).account}/Recordings`;
  const { sid: callSid } = await cloud.placeCall({ to: number.number, from: PERSON });
  for (const source of ["RecordVerb", "DialVerb", "OutboundAPI", "StartCallRecordingAPI"] as const) {
    const { sid } = await cloud.completeRecording(callSid, { url: urls.recordingStatusCallback, source });
    await read(site, `${recordings}/${sid}.json`);
  }
  await readPages(site, `${recordings}.json?PageSize=3&CallSid=${callSid}`);
  const { sid } = await cloud.completeRecording(callSid, { url: urls.recordingStatusCallback });
  await callApi(cloud.twilio, `${recordings}/${sid}.json`, { method: "DELETE" });
}

async function useNumbers(site: Site): Promise<void> {
  const { state } = site.cloud.twilio;
  const numbers = `${accountUrls(site).account}/IncomingPhoneNumbers`;
  // A number as it is bought has no URLs.
  const bought = { sid: newSid("PN"), account_sid: state.accountSid, phone_number: PERSON };
  state.numbers.set(bought.sid, incomingPhoneNumber(bought));
  await readPages(site, `${numbers}.json?PageSize=1`);
  const update = (form: RequestOptions["form"] & {}) => read(site, `${numbers}/${bought.sid}.json`, { form });
  await update({ VoiceCallerIdLookup: "true", VoiceMethod: "GET", TrunkSid: newSid("TK"), BundleSid: newSid("BU") });
  await update({ VoiceApplicationSid: newSid("AP"), SmsApplicationSid: newSid("AP"), AddressSid: newSid("AD") });
  await callApi(site.cloud.twilio, `${numbers}/${bought.sid}.json`, { method: "DELETE" });
}
