import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { expect, test } from "vitest";
import { type Properties, UNKNOWN } from "../protocol/properties.ts";
import type { ResourceState, TestEngine } from "../protocol/test-client.ts";
import { importNumber, NUMBER, number, sid, type TwilioRig, useTwilioRig } from "./test-rig.ts";

const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;

let rig: TwilioRig;
let engine: TestEngine;

useTwilioRig((running, connected) => {
  rig = running;
  engine = connected;
});

function live() {
  const found = rig.state.numbers.get(sid);
  if (found === undefined) throw new Error(`${sid} is not in the account`);
  return found;
}

/** The number in the state after a program with these inputs has adopted it. */
async function adopted(inputs: Properties): Promise<ResourceState> {
  return { ...(await importNumber(engine)), inputs };
}

test("the import ID of a number is its bare SID", async () => {
  const { id, outputs } = await importNumber(engine);
  expect(id).toBe(sid);
  expect(outputs).toMatchObject({ sid, phoneNumber: number, voiceUrl: "https://webhook.reri.co/voice/webhook" });
});

test("an import has every input whose value is not empty", async () => {
  const { inputs } = await importNumber(engine);
  expect(inputs).toEqual({
    ...{ accountSid: rig.state.accountSid, apiAccountsIncomingPhoneNumbersId: sid },
    apiVersion: "2010-04-01",
    friendlyName: live().friendly_name,
    voiceUrl: "https://webhook.reri.co/voice/webhook",
    ...{ voiceMethod: "POST", voiceFallbackMethod: "POST", voiceReceiveMode: "voice", statusCallbackMethod: "POST" },
    smsUrl: "https://webhook.reri.co/sms/webhook",
    ...{ smsMethod: "POST", smsFallbackMethod: "POST", emergencyStatus: "Active", phoneNumber: number },
  });
});

test("a refresh has the live values of only the program's inputs", async () => {
  const state = await adopted({ voiceUrl: live().voice_url, smsUrl: live().sms_url });
  live().sms_url = "";
  live().voice_fallback_url = "https://set.by/hand";
  expect((await engine.refresh(NUMBER, state))?.inputs).toEqual({ voiceUrl: live().voice_url, smsUrl: "" });
});

test("import, update, and a clean second diff", async () => {
  const wanted = { phoneNumber: number, voiceUrl: "https://webhook.reri.co/new" };
  const before = await importNumber(engine);
  const first = await engine.diff(NUMBER, before, wanted);
  expect(first).toEqual({ changes: DIFF_SOME, diffs: ["voiceUrl"], kinds: {}, replaces: [] });
  const after = await engine.update(NUMBER, before, wanted);
  expect(live().voice_url).toBe(wanted.voiceUrl);
  expect(await engine.diff(NUMBER, after, wanted)).toEqual({ changes: DIFF_NONE, diffs: [], kinds: {}, replaces: [] });
});

test("a read has every property, with an empty text for an unset one", async () => {
  const { outputs } = await importNumber(engine);
  const unset = ["voiceApplicationSid", "trunkSid", "addressSid", "identitySid", "bundleSid", "emergencyAddressSid"];
  expect(outputs).toMatchObject(Object.fromEntries(unset.map((name) => [name, ""])));
  expect(outputs).toMatchObject({ voiceCallerIdLookup: false, voiceFallbackUrl: "", statusCallback: "" });
});

test("drift is seen after a refresh", async () => {
  const wanted = { phoneNumber: number, voiceUrl: live().voice_url };
  const state = await adopted(wanted);
  live().voice_url = "https://set.by/hand";
  const refreshed = (await engine.refresh(NUMBER, state)) ?? state;
  expect(refreshed.outputs).toMatchObject({ voiceUrl: "https://set.by/hand" });
  expect((await engine.diff(NUMBER, refreshed, wanted)).diffs).toEqual(["voiceUrl"]);
});

test("a diff compares with the number's live values, not with the program's earlier inputs", async () => {
  const inputs = { voiceUrl: "https://webhook.reri.co/given" };
  const state = { inputs, outputs: { voiceUrl: "https://webhook.reri.co/live" } };
  expect((await engine.diff(NUMBER, state, inputs)).diffs).toEqual(["voiceUrl"]);
});

test("an input that somebody emptied by hand is drift", async () => {
  const wanted = { addressSid: "AD0123456789abcdef0123456789abcdef", voiceUrl: live().voice_url };
  live().address_sid = wanted.addressSid;
  const state = await adopted(wanted);
  live().address_sid = null;
  live().voice_url = "";
  const refreshed = (await engine.refresh(NUMBER, state)) ?? state;
  expect((await engine.diff(NUMBER, refreshed, wanted)).diffs).toEqual(["addressSid", "voiceUrl"]);
});

test("deleting the resource releases the number", async () => {
  await engine.delete(NUMBER, await importNumber(engine));
  expect(rig.state.released).toEqual([sid]);
  expect(rig.state.numbers.has(sid)).toBe(false);
});

test.each(["phoneNumber", "areaCode"])("a change of %s replaces", async (property) => {
  const state = { inputs: { [property]: "before" }, outputs: { [property]: "before" } };
  const found = await engine.diff(NUMBER, state, { [property]: "after" });
  expect(found).toEqual({ changes: DIFF_SOME, diffs: [property], kinds: {}, replaces: [property] });
});

test("creating a number buys it: the number or the area code is posted", async () => {
  const bought = engine.create(NUMBER, { phoneNumber: "+19495550100", areaCode: "949", voiceUrl: "https://a.b/" });
  await expect(bought).rejects.toThrow("Status: 404");
  expect(rig.posted).toEqual([{ PhoneNumber: "+19495550100", AreaCode: "949", VoiceUrl: "https://a.b/" }]);
});

test.each([
  ["left out", {}],
  ["empty", { voiceUrl: "", statusCallback: "" }],
])("the number's URLs are optional and computed: a URL that is %s is not a change", async (_, wanted) => {
  live().status_callback = "https://webhook.reri.co/voice/status";
  expect((await engine.diff(NUMBER, await importNumber(engine), wanted)).changes).toBe(DIFF_NONE);
});

test("the number's URLs cannot be cleared: an update posts the old URL", async () => {
  const { voice_url: voiceUrl } = live();
  const { outputs } = await engine.update(NUMBER, await importNumber(engine), { voiceUrl: "", friendlyName: "Line 1" });
  expect(outputs).toMatchObject({ voiceUrl, friendlyName: "Line 1" });
  expect(rig.posted).toMatchObject([{ VoiceUrl: voiceUrl }]);
});

test("an update posts every known field, not only the changed ones", async () => {
  await engine.update(NUMBER, await importNumber(engine), { smsUrl: "https://webhook.reri.co/new" });
  expect(rig.posted).toEqual([
    {
      ...{ AccountSid: rig.state.accountSid, ApiVersion: "2010-04-01", FriendlyName: live().friendly_name },
      ...{ VoiceUrl: live().voice_url, VoiceMethod: "POST", VoiceFallbackMethod: "POST", VoiceReceiveMode: "voice" },
      ...{ VoiceCallerIdLookup: "false", StatusCallbackMethod: "POST", EmergencyStatus: "Active" },
      ...{ SmsUrl: "https://webhook.reri.co/new", SmsMethod: "POST", SmsFallbackMethod: "POST" },
    },
  ]);
});

test("a read does not handle a 404: a released number is an error, not absent", async () => {
  const state = await importNumber(engine);
  rig.state.numbers.delete(sid);
  await expect(engine.refresh(NUMBER, state)).rejects.toThrow(
    new Error(
      `Status: 404 - ApiError 20404: The requested resource /2010-04-01/Accounts/${rig.state.accountSid}/IncomingPhoneNumbers/${sid}.json ` +
        "was not found (null) More info: https://www.twilio.com/docs/errors/20404: ",
    ),
  );
});

test("a preview of a create shows only the program's values", async () => {
  const { outputs } = await engine.create(NUMBER, { areaCode: "949", voiceUrl: "https://a.b/" }, true);
  expect(outputs).toMatchObject({ areaCode: "949", voiceUrl: "https://a.b/" });
  expect(outputs).toMatchObject({ sid: UNKNOWN, phoneNumber: UNKNOWN, pathAccountSid: UNKNOWN });
});
