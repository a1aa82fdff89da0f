import { beforeEach, expect, test } from "vitest";
import { addBrandRegistration, setBrandStatus } from "../registrations/brand-registration.ts";
import { addCampaign, SAMPLE_CAMPAIGN, setCampaignStatus } from "../registrations/campaign.ts";
import { addMessagingService } from "../registrations/messaging-service.ts";
import { addTollfreeVerification, setVerificationStatus } from "../registrations/tollfree-verification.ts";
import { ACCOUNT_URL, callApi, OWN, OWN_SID, testApi } from "../testing/account.ts";
import type { TwilioApi } from "./api.ts";

const HOST = "https://messaging.twilio.com/v1";
const SERVICES = `${HOST}/Services`;
const URL_OF_TEXTS = "https://a.example/texts";
const TOLLFREE_SID = `PN${"2".repeat(32)}`;
const STRANGER_SID = `PN${"9".repeat(32)}`;
const NUMBERS = [
  { sid: OWN_SID, phone_number: OWN },
  { sid: TOLLFREE_SID, phone_number: "+18446883807" },
];

let twilio: TwilioApi;
beforeEach(() => {
  twilio = testApi(NUMBERS);
});

const read = (path: string) => callApi(twilio, `${HOST}${path}`);
const newService = () => addMessagingService(twilio.state, { friendly_name: "a" });

test("an update of a service sets what it names, and an empty URL unsets one", async () => {
  const service = newService();
  const url = `${SERVICES}/${service.sid}`;
  const form = { InboundRequestUrl: URL_OF_TEXTS, UseInboundWebhookOnNumber: "True", ValidityPeriod: "60" };
  expect(await callApi(twilio, url, { form })).toMatchObject({
    status: 200,
    json: {
      ...{ friendly_name: "a", inbound_request_url: URL_OF_TEXTS, inbound_method: "POST" },
      ...{ use_inbound_webhook_on_number: true, validity_period: 60 },
    },
  });
  const unset = await callApi(twilio, url, { form: { InboundRequestUrl: "" } });
  expect(unset).toMatchObject({ json: { inbound_request_url: null, use_inbound_webhook_on_number: true } });
  const wrong = { form: { InboundRequestUrl: "/texts", FriendlyName: "b" } };
  expect(await callApi(twilio, url, wrong)).toMatchObject({ status: 400, json: { code: 21502 } });
  expect(service.friendly_name).toBe("a");
});

test("a new service delivers no inbound text", async () => {
  const created = await callApi(twilio, SERVICES, { form: { FriendlyName: "a" } });
  expect(created.json).toMatchObject({ inbound_request_url: null, use_inbound_webhook_on_number: false });
});

test("a number is added to the pool of one service, and removed", async () => {
  const [one, two] = [newService(), newService()];
  const pool = `${SERVICES}/${one.sid}/PhoneNumbers`;
  const form = { PhoneNumberSid: OWN_SID };
  const added = await callApi(twilio, pool, { form });
  expect(added).toMatchObject({
    status: 201,
    json: { sid: OWN_SID, service_sid: one.sid, phone_number: OWN, capabilities: ["MMS", "SMS", "Voice"] },
  });
  expect(await callApi(twilio, pool)).toMatchObject({ json: { phone_numbers: [added.json] } });
  expect(await callApi(twilio, `${pool}/${OWN_SID}`)).toEqual({ status: 200, json: added.json });
  expect(await callApi(twilio, pool, { form })).toMatchObject({ status: 409, json: { code: 21710 } });
  const other = `${SERVICES}/${two.sid}/PhoneNumbers`;
  expect(await callApi(twilio, other, { form })).toMatchObject({ status: 409, json: { code: 21712 } });
  expect(await callApi(twilio, `${other}/${OWN_SID}`)).toMatchObject({ status: 404, json: { code: 20404 } });
  expect(await callApi(twilio, `${pool}/${OWN_SID}`, { method: "DELETE" })).toEqual({ status: 204 });
  expect(await callApi(twilio, pool)).toMatchObject({ json: { phone_numbers: [] } });
  expect(await callApi(twilio, other, { form })).toMatchObject({ status: 201 });
});

test.each<[string, Record<string, string>, number]>([
  ["somebody else's number", { PhoneNumberSid: STRANGER_SID }, 21421],
  ["no number", {}, 20001],
  ["a phone number instead of its SID", { PhoneNumberSid: OWN }, 20001],
])("%s is not added to a pool", async (_what, form, code) => {
  const pool = `${SERVICES}/${newService().sid}/PhoneNumbers`;
  expect(await callApi(twilio, pool, { form })).toMatchObject({ status: 400, json: { code } });
  expect(twilio.state.senders.size).toBe(0);
});

test("a released number and a deleted service leave nothing in a pool", async () => {
  const service = newService();
  const pool = `${SERVICES}/${service.sid}/PhoneNumbers`;
  for (const { sid } of NUMBERS) await callApi(twilio, pool, { form: { PhoneNumberSid: sid } });
  await callApi(twilio, `${ACCOUNT_URL}/IncomingPhoneNumbers/${OWN_SID}.json`, { method: "DELETE" });
  expect([...twilio.state.senders.keys()]).toEqual([TOLLFREE_SID]);
  await callApi(twilio, `${SERVICES}/${service.sid}`, { method: "DELETE" });
  expect(twilio.state.senders.size).toBe(0);
});

test("a service says whether it has a verified campaign", async () => {
  const service = newService();
  const path = `/Services/${service.sid}`;
  const brand = addBrandRegistration(twilio.state);
  const campaign = addCampaign(twilio.state, service, { ...SAMPLE_CAMPAIGN, brand_registration_sid: brand.sid });
  expect(await read(path)).toMatchObject({ json: { us_app_to_person_registered: false } });
  setCampaignStatus(campaign, "VERIFIED");
  expect(await read(path)).toMatchObject({ json: { us_app_to_person_registered: true } });
  expect(await read(`${path}/Compliance/Usa2p`)).toMatchObject({
    json: { compliance: [{ sid: campaign.sid, campaign_status: "VERIFIED", errors: [] }] },
  });
});

test("brands are listed and read", async () => {
  const [one, two] = [addBrandRegistration(twilio.state), addBrandRegistration(twilio.state)];
  setBrandStatus(two, "SUSPENDED");
  expect(await read("/a2p/BrandRegistrations")).toMatchObject({ json: { data: [one, two], meta: { key: "data" } } });
  expect(await read(`/a2p/BrandRegistrations/${two.sid}`)).toMatchObject({ json: { status: "SUSPENDED" } });
  expect(await read(`/a2p/BrandRegistrations/BN${"0".repeat(32)}`)).toMatchObject({ status: 404 });
});

test("verifications are listed by number and by status, and read", async () => {
  const [one, two] = NUMBERS.map((number) => addTollfreeVerification(twilio.state, number));
  if (one === undefined || two === undefined) throw new Error("there are two numbers");
  setVerificationStatus(two, "TWILIO_APPROVED");
  const list = async (query: string) => (await read(`/Tollfree/Verifications${query}`)).json;
  expect(await list("")).toMatchObject({ verifications: [one, two], meta: { key: "verifications" } });
  expect(await list(`?TollfreePhoneNumberSid=${OWN_SID}`)).toMatchObject({ verifications: [one] });
  expect(await list("?Status=TWILIO_APPROVED")).toMatchObject({ verifications: [two] });
  expect(await list("?ExternalReferenceId=other")).toMatchObject({ verifications: [] });
  expect(await read(`/Tollfree/Verifications/${two.sid}`)).toEqual({ status: 200, json: two });
  expect(await read(`/Tollfree/Verifications/HH${"0".repeat(32)}`)).toMatchObject({ status: 404 });
});
