import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { expect, test } from "vitest";
import { z } from "zod";
import {
  ask,
  connectEngine,
  pluginVersion,
  type ResourceState,
  secret,
  startStandIns,
  type TestEngine,
} from "../protocol/test-client.ts";
import { importNumber, NUMBER, number, sid, type TwilioRig, useTwilioRig } from "./test-rig.ts";

const MESSAGE = "twilio:index/apiAccountsMessages:ApiAccountsMessages";
const CAMPAIGN = "twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1";

let rig: TwilioRig;
let engine: TestEngine;

useTwilioRig((running, connected) => {
  rig = running;
  engine = connected;
});

const parameter = (remote: object) => btoa(JSON.stringify({ remote, includes: [] }));
const TWILIO = { url: "registry.opentofu.org/twilio/twilio", version: "0.18.46" };

function parameterize(name: string, value: string): Promise<proto.ParameterizeResponse> {
  const message = new proto.ParameterizeRequest.ParametersValue().setName(name).setVersion("1.1.3").setValue(value);
  const request = new proto.ParameterizeRequest().setValue(message);
  return ask((done) => engine.client.parameterize(request, done));
}

test("a bridged package attaches under its base name, and answers with the provider that its parameter names", async () => {
  expect(Object.keys(rig.ports)).toEqual(["terraform-provider"]);
  expect(await pluginVersion(engine)).toBe("1.1.3");
  for (const name of ["twilio", "another"]) {
    const answer = await parameterize(name, parameter(TWILIO));
    expect([answer.getName(), answer.getVersion()]).toEqual(["twilio", "0.18.46"]);
  }
});

test.each([
  ["is empty", "", "failed to parse parameterized value"],
  ["has no remote", btoa("{}"), "failed to parse parameterized value"],
  [
    "names another provider",
    parameter({ ...TWILIO, url: "registry.opentofu.org/other/twilio" }),
    "other/twilio 0.18.46",
  ],
  ["names another version", parameter({ ...TWILIO, version: "0.18.45" }), "twilio/twilio 0.18.45"],
])("a parameter that %s is refused", async (_what, value, problem) => {
  await expect(parameterize("twilio", value)).rejects.toThrow(problem);
});

test("the process ends with its standard input", async () => {
  const own = await startStandIns(["cloudflare", "command"], {});
  expect(Object.keys(own.ports)).toEqual(["cloudflare", "command"]);
  expect(await own.close()).toBe(0);
});

test("creating a message sends it, and posts its body again", async () => {
  const { id } = await engine.create(MESSAGE, { to: "+19495550100", from: number, body: "Hello" });
  const [sent] = rig.state.messages;
  expect(rig.twilio.requests.at(-1)).toMatchObject({
    method: "POST",
    path: expect.stringContaining(`/Messages/${id}.json`),
  });
  expect(sent?.resource).toMatchObject({ sid: id, to: "+19495550100", body: "Hello", direction: "outbound-api" });
});

test("a preview of a message sends nothing", async () => {
  await engine.create(MESSAGE, { to: "+19495550100", from: number, body: "Hello" }, true);
  expect(rig.posted).toEqual([]);
});

test("another recipient replaces the message, and another body updates it", async () => {
  const before = { to: "+19495550100", from: number, body: "Hello" };
  const after = { ...before, to: "+19495550101", body: "Bye" };
  const { diffs, replaces } = await engine.diff(MESSAGE, { inputs: before, outputs: before }, after);
  expect([diffs, replaces]).toEqual([["body", "to"], ["to"]]);
});

const Created = z.object({ sid: z.string() });

async function campaign(): Promise<ResourceState> {
  const answer = await rig.twilio.fetch(
    new Request("https://messaging.twilio.com/v1/Services", {
      method: "POST",
      headers: { Authorization: `Basic ${btoa(Object.values(rig.credentials).slice(0, 2).join(":"))}` },
      body: new URLSearchParams({ FriendlyName: "Campaign" }),
    }),
  );
  const { sid: messagingServiceSid } = Created.parse(await answer.json());
  return engine.create(CAMPAIGN, {
    ...{ messagingServiceSid, brandRegistrationSid: "BN0123456789abcdef0123456789abcdef" },
    ...{ description: "Updates", messageFlow: "On the site", messageSamples: ["One", "Two"] },
    ...{ usAppToPersonUsecase: "MIXED", hasEmbeddedLinks: false, hasEmbeddedPhone: true },
  });
}

test("destroying a campaign's resource deletes the campaign", async () => {
  const state = await campaign();
  expect(rig.state.campaigns).toHaveLength(1);
  await engine.delete(CAMPAIGN, state);
  expect(rig.state.campaigns).toEqual([]);
});

test("the import ID of a campaign is <messaging service>/<campaign>", async () => {
  const { id, inputs, outputs } = await campaign();
  const found = await engine.importResource(CAMPAIGN, `${outputs.messagingServiceSid}/${id}`);
  expect(found).toEqual({ id, inputs, outputs });
});

test("secrets in the provider's config and in inputs are unwrapped", async () => {
  const { username, password } = rig.credentials;
  await engine.configure({ username: secret(username), password: secret(password), accountSid: secret(username) });
  await engine.update(NUMBER, await importNumber(engine), { voiceUrl: secret("https://webhook.reri.co/opened") });
  expect(rig.state.numbers.get(sid)?.voice_url).toBe("https://webhook.reri.co/opened");
});

test("each connection has its own configuration", async () => {
  const other = rig.connect();
  try {
    await expect(other.importResource(NUMBER, sid)).rejects.toThrow("is not configured");
    await other.configure({ ...rig.credentials, password: "another" });
    await expect(other.importResource(NUMBER, sid)).rejects.toThrow("Status: 401");
    expect((await importNumber(engine)).id).toBe(sid);
  } finally {
    other.close();
  }
});

test.each([
  [401, 20003, "Authenticate"],
  [403, 20403, "Forbidden"],
  [429, 20429, "Too Many Requests"],
  [500, 20500, "Internal Server Error"],
] as const)("the error for Twilio's %i has the real provider's message", async (status, code, text) => {
  rig.twilio.faults.fail({ status });
  const line = `Status: ${status} - ApiError ${code}: ${text} (null) More info: https://www.twilio.com/docs/errors/${code}: `;
  await expect(engine.importResource(NUMBER, sid)).rejects.toThrow(new Error(line));
});

test("a create that Twilio answers with 5xx may have succeeded", async () => {
  rig.twilio.faults.fail({ status: 503, processed: true });
  const create = engine.create(MESSAGE, { to: "+19495550100", from: number, body: "Hello" });
  await expect(create).rejects.toThrow("Status: 503");
  expect(rig.state.messages).toHaveLength(1);
});

test("the error for an unreachable Twilio is one line", async () => {
  const own = await startStandIns(["terraform-provider"], { HTTP_PROXY: "http://127.0.0.1:1" });
  const other = connectEngine(own.ports["terraform-provider"] ?? 0);
  try {
    await other.configure(rig.credentials);
    await expect(other.importResource(NUMBER, sid)).rejects.toThrow(
      new Error(
        `GET "https://api.twilio.com/2010-04-01/Accounts/${rig.state.accountSid}/IncomingPhoneNumbers/${sid}.json": ECONNREFUSED`,
      ),
    );
  } finally {
    other.close();
    await own.close();
  }
});

test("the error for a missing value of the provider's config is one line", async () => {
  await expect(engine.configure({ username: "AC0" })).rejects.toThrow(
    new Error('the config of the provider "twilio": "password" is missing'),
  );
});

test("an unknown resource type is refused by name", async () => {
  await expect(engine.create("twilio:index/other:Other", {})).rejects.toThrow("no resource type twilio:index/other");
});
