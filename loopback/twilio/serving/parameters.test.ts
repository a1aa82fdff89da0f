import { expect, test } from "vitest";
import { ACCOUNT_URL, callApi, OWN, OWN_SID, PERSON, testApi } from "../testing/account.ts";

const SERVICES = "https://messaging.twilio.com/v1/Services";
const TEXT = { From: OWN, To: PERSON, Body: "hi" };
const CALL = { From: OWN, To: PERSON, Url: "https://a.example/voice" };

test.each<[string, string, Record<string, string>, number]>([
  ["a number's URL", `${ACCOUNT_URL}/IncomingPhoneNumbers/${OWN_SID}.json`, { VoiceUrl: "/voice" }, 21502],
  ["a number's method", `${ACCOUNT_URL}/IncomingPhoneNumbers/${OWN_SID}.json`, { SmsMethod: "PUT" }, 20001],
  ["a number's trunk", `${ACCOUNT_URL}/IncomingPhoneNumbers/${OWN_SID}.json`, { TrunkSid: OWN_SID }, 20001],
  ["a number's mode", `${ACCOUNT_URL}/IncomingPhoneNumbers/${OWN_SID}.json`, { VoiceReceiveMode: "text" }, 20001],
  ["a number's switch", `${ACCOUNT_URL}/IncomingPhoneNumbers/${OWN_SID}.json`, { VoiceCallerIdLookup: "1" }, 20001],
  ["a call's own URL", `${ACCOUNT_URL}/Calls.json`, { ...CALL, Url: "voice" }, 21205],
  ["a call's status callback", `${ACCOUNT_URL}/Calls.json`, { ...CALL, StatusCallback: "voice" }, 21502],
  ["a text's status callback", `${ACCOUNT_URL}/Messages.json`, { ...TEXT, StatusCallback: "sms" }, 21609],
  ["a text's media", `${ACCOUNT_URL}/Messages.json`, { ...TEXT, MediaUrl: "file:///etc/hosts" }, 21620],
  ["a text's recipient", `${ACCOUNT_URL}/Messages.json`, { ...TEXT, To: "12135550100" }, 21211],
  ["a service's URL", SERVICES, { FriendlyName: "osil", InboundRequestUrl: "sms" }, 21502],
])("%s is refused if it is not of its kind, and nothing is stored", async (_, url, form, code) => {
  const twilio = testApi();
  const before = structuredClone(twilio.state);
  expect(await callApi(twilio, url, { form })).toMatchObject({ status: 400, json: { code, status: 400 } });
  expect(twilio.state).toEqual(before);
});

test("an empty value unsets, and a text may go to another channel", async () => {
  const twilio = testApi();
  const form = { VoiceUrl: "", TrunkSid: "", SmsUrl: "https://a.example/sms" };
  const url = `${ACCOUNT_URL}/IncomingPhoneNumbers/${OWN_SID}.json`;
  expect(await callApi(twilio, url, { form })).toMatchObject({ status: 200, json: { voice_url: "", trunk_sid: null } });
  const chat = { ...TEXT, To: `whatsapp:${PERSON}` };
  expect(await callApi(twilio, `${ACCOUNT_URL}/Messages.json`, { form: chat })).toMatchObject({ status: 201 });
});
