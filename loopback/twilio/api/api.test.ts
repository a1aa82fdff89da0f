import { expect, test } from "vitest";
import { ACCOUNT, ACCOUNT_URL, basic, callApi as call, OWN_SID as NUMBER, OWN, testApi } from "../testing/account.ts";

const OTHER_NUMBER = `PN${"2".repeat(32)}`;
const NUMBERS = `${ACCOUNT_URL}/IncomingPhoneNumbers`;
const MESSAGES = `${ACCOUNT_URL}/Messages.json`;
const SERVICES = "https://messaging.twilio.com/v1/Services";

const api = () =>
  testApi([
    { sid: NUMBER, phone_number: OWN, voice_url: "https://webhook.reri.co/voice/webhook" },
    { sid: OTHER_NUMBER, phone_number: "+18446883807" },
  ]);

test("wrong credentials and another account's SID are refused as Twilio does", async () => {
  const twilio = api();
  const refused = {
    status: 401,
    json: {
      code: 20003,
      message: "Authenticate",
      more_info: "https://www.twilio.com/docs/errors/20003",
      status: 401,
    },
  };
  expect(await call(twilio, `${NUMBERS}.json`, { authorization: basic(`${ACCOUNT}:wrong`) })).toEqual(refused);
  expect(await call(twilio, `${NUMBERS}.json`, { authorization: basic("") })).toEqual(refused);
  expect(await call(twilio, `${NUMBERS}.json`.replace(ACCOUNT, `AC${"9".repeat(32)}`))).toEqual(refused);
  expect(await call(twilio, SERVICES, { authorization: basic(`${ACCOUNT}:`) })).toEqual(refused);
});

test("an unknown SID and an unknown path are 20404", async () => {
  const notFound = { status: 404, json: { code: 20404, status: 404 } };
  expect(await call(api(), `${NUMBERS}/PN${"f".repeat(32)}.json`)).toMatchObject(notFound);
  expect(await call(api(), "https://api.twilio.com/2010-04-01/Nothing.json")).toMatchObject(notFound);
});

test("an update changes only the given fields", async () => {
  const twilio = api();
  const before = structuredClone(twilio.state.numbers.get(NUMBER));
  const form = { StatusCallback: "https://webhook.reri.co/voice/status", VoiceMethod: "GET", AccountSid: ACCOUNT };
  const { status, json } = await call(twilio, `${NUMBERS}/${NUMBER}.json`, { form });
  expect(status).toBe(200);
  const changed = { status_callback: form.StatusCallback, voice_method: "GET", date_updated: expect.any(String) };
  expect(json).toEqual({ ...before, ...changed });
  expect(twilio.state.numbers.get(NUMBER)).toEqual(json);
});

test("a fallback without a voice URL is 21405, and stores nothing", async () => {
  const twilio = api();
  const form = { VoiceFallbackUrl: "https://fallback.example.com/voice", FriendlyName: "renamed" };
  const refused = { status: 400, json: { code: 21405, status: 400 } };
  expect(await call(twilio, `${NUMBERS}/${OTHER_NUMBER}.json`, { form })).toMatchObject(refused);
  expect(twilio.state.numbers.get(OTHER_NUMBER)).toMatchObject({
    voice_fallback_url: "",
    friendly_name: "+18446883807",
  });
  expect(await call(twilio, `${NUMBERS}/${NUMBER}.json`, { form })).toMatchObject({ status: 200 });
  const cleared = { form: { VoiceUrl: "" } };
  expect(await call(twilio, `${NUMBERS}/${NUMBER}.json`, cleared)).toMatchObject(refused);
});

test("a trunk and a voice application exclude each other", async () => {
  const twilio = api();
  const url = `${NUMBERS}/${NUMBER}.json`;
  const application = `AP${"1".repeat(32)}`;
  await call(twilio, url, { form: { TrunkSid: `TK${"1".repeat(32)}` } });
  const { json } = await call(twilio, url, { form: { VoiceApplicationSid: application } });
  expect(json).toMatchObject({ trunk_sid: null, voice_application_sid: application });
});

test("a delete releases the number", async () => {
  const twilio = api();
  expect(await call(twilio, `${NUMBERS}/${NUMBER}.json`, { method: "DELETE" })).toEqual({ status: 204 });
  expect(twilio.state.released).toEqual([NUMBER]);
  expect(await call(twilio, `${NUMBERS}/${NUMBER}.json`, { method: "DELETE" })).toMatchObject({ status: 404 });
  expect(twilio.state.released).toEqual([NUMBER]);
});

test("a created text is queued with the request's parameters; a wrong sender is refused", async () => {
  const twilio = api();
  const form = { From: "+19497798471", To: "+13105550100", Body: "hi", StatusCallback: "https://a.example/sms/status" };
  const { status, json } = await call(twilio, MESSAGES, { form });
  expect({ status, json }).toMatchObject({ status: 201, json: { status: "queued", direction: "outbound-api" } });
  expect(twilio.state.messages).toMatchObject([{ resource: json, params: form }]);
  const stranger = { form: { ...form, From: "+13105550199" } };
  expect(await call(twilio, MESSAGES, stranger)).toMatchObject({ status: 400, json: { code: 21606 } });
});

test("an update of a text empties its body, or repeats it", async () => {
  const twilio = api();
  await call(twilio, MESSAGES, { form: { From: "+19497798471", To: "+13105550100", Body: "hi" } });
  const url = MESSAGES.replace(".json", `/${twilio.state.messages[0]?.resource.sid}.json`);
  const update = (Body: string) => call(twilio, url, { form: { Body } });
  expect(await update("hi")).toMatchObject({ status: 200, json: { body: "hi" } });
  expect(await update("bye")).toMatchObject({ status: 400, json: { code: 20001 } });
  expect(await update("")).toMatchObject({ status: 200, json: { body: "" } });
  expect(twilio.state.messages).toHaveLength(1);
});

test("a deleted text is gone from the log, and only it", async () => {
  const twilio = api();
  const form = { From: "+19497798471", To: "+13105550100", Body: "hi" };
  for (const _ of [1, 2]) await call(twilio, MESSAGES, { form });
  const [kept, deleted] = twilio.state.messages.map(({ resource }) => resource);
  const url = MESSAGES.replace(".json", `/${deleted?.sid}.json`);
  expect(await call(twilio, url, { method: "DELETE" })).toEqual({ status: 204 });
  expect(await call(twilio, url, { method: "DELETE" })).toMatchObject({ status: 404, json: { code: 20404 } });
  expect(await call(twilio, MESSAGES)).toMatchObject({ json: { messages: [kept] } });
});

test("injected faults fail matching requests only, in order, and each is used up", async () => {
  const twilio = api();
  twilio.faults.fail({ status: 429, count: 2, method: "post", path: "/Messages", retryAfterSeconds: 3 });
  const form = { From: "+19497798471", To: "+13105550100", Body: "hi" };
  expect(await call(twilio, `${NUMBERS}.json`)).toMatchObject({ status: 200 });
  for (let i = 0; i < 2; i += 1) {
    const limited = await call(twilio, MESSAGES, { form });
    expect(limited).toMatchObject({ status: 429, json: { code: 20429, message: "Too Many Requests" } });
  }
  expect(twilio.state.messages).toHaveLength(0);
  expect(await call(twilio, MESSAGES, { form })).toMatchObject({ status: 201 });
});

test("a request can fail after it was carried out", async () => {
  const twilio = api();
  twilio.faults.fail({ status: 500, processed: true });
  const form = { From: "+19497798471", To: "+13105550100", Body: "hi" };
  expect(await call(twilio, MESSAGES, { form })).toMatchObject({ status: 500, json: { code: 20500 } });
  expect(twilio.state.messages).toHaveLength(1);
});

test("a rate limit carries Retry-After", async () => {
  const twilio = api();
  twilio.faults.fail({ status: 429, retryAfterSeconds: 3 });
  const response = await twilio.fetch(new Request(MESSAGES));
  expect(response.headers.get("Retry-After")).toBe("3");
});

test("a campaign is created, read and deleted under its service", async () => {
  const twilio = api();
  const service = await call(twilio, SERVICES, { form: { FriendlyName: "osil" } });
  const [sid] = [...twilio.state.services.keys()];
  expect(service).toMatchObject({ status: 201, json: { sid, friendly_name: "osil" } });
  const form: [string, string][] = [
    ["BrandRegistrationSid", `BN${"3".repeat(32)}`],
    ["Description", "Reminders of appointments"],
    ["MessageFlow", "Opt in by web form"],
    ["MessageSamples", "one"],
    ["MessageSamples", "two"],
    ["UsAppToPersonUsecase", "MIXED"],
    ["HasEmbeddedLinks", "true"],
    ["HasEmbeddedPhone", "false"],
  ];
  const url = `${SERVICES}/${sid}/Compliance/Usa2p`;
  const created = await call(twilio, url, { form });
  expect(created).toMatchObject({ status: 201, json: { message_samples: ["one", "two"], campaign_status: "PENDING" } });
  expect(twilio.state.campaigns).toEqual([created.json]);
  const campaign = `${url}/${twilio.state.campaigns[0]?.sid}`;
  expect(await call(twilio, campaign)).toEqual({ status: 200, json: created.json });
  expect(await call(twilio, campaign, { method: "DELETE" })).toEqual({ status: 204 });
  expect(await call(twilio, campaign)).toMatchObject({ status: 404, json: { code: 20404 } });
});

test("the log shows methods and paths", async () => {
  const twilio = api();
  await call(twilio, `${NUMBERS}/${NUMBER}.json?x=1`);
  expect(twilio.requests).toEqual([
    { method: "GET", path: `/2010-04-01/Accounts/${ACCOUNT}/IncomingPhoneNumbers/${NUMBER}.json` },
  ]);
});
