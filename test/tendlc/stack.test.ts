/**
 * A program's resources. While A2P 10DLC is denied, the policy pack blocks every resource that sends, carries or feeds a text. A message
 * that the pack passes is created on the loopback cloud, as the engine would do, so that a text would be seen. For other resources the
 * tests only check that the pack blocks them.
 */
import * as twilioSdk from "@pulumi/twilio";
import { beforeEach, describe, expect, test } from "vitest";
import { APPROVED_RECORD, type TestRecords, VERIFIED_RECORD } from "../../handlers/outbound/gate/test-approvals.ts";
import { requestTwilio } from "../../handlers/outbound/send/twilio-answer.ts";
import { accountAt } from "../../handlers/outbound/testing/outbound.ts";
import { testManifest } from "../../handlers/testing/manifest.ts";
import { gatesOn } from "../../hub/gate/gates-on.ts";
import { exceptionsOn } from "../../hub/guards/exceptions.ts";
import { blockedTypeReason, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { PENDING_PATH } from "../../hub/testing/routes.ts";
import type { TwilioApi } from "../../loopback/twilio/api/api.ts";
import { type GivenResource, resource, UNKNOWN } from "../../policies/testing/resource.ts";
import { packProblems } from "../support/rules/pack-problems.ts";
import { DENIED_RECORD, NO_TEXT, ONE_TEXT, textsThatLeft } from "../support/tendlc/tendlc-site.ts";
import { testTwilio } from "../support/tendlc/test-twilio.ts";

const MESSAGE = twilioSdk.ApiAccountsMessages.__pulumiType;
const TODAY = "2026-11-20";
const TEXT = { to: "+12135550100", from: "+19497798471", body: "Hello." };
const SERVICE = `MG${"a".repeat(32)}`;

const DENIED: TestRecords = { tendlc: DENIED_RECORD };

let twilio: TwilioApi;
beforeEach(() => {
  twilio = testTwilio();
});

const PARAMETERS = { to: "To", from: "From", body: "Body", messagingServiceSid: "MessagingServiceSid" };

/** Checks a message with the pack, and sends it like its provider if there are no problems. Returns the pack's problems. */
async function apply(given: GivenResource, records = DENIED): Promise<string[]> {
  const problems = await packProblems(given, records);
  if (problems.length > 0) return problems;
  const body = new URLSearchParams();
  for (const [key, name] of Object.entries(PARAMETERS))
    if (key in given.marked) body.set(name, String(given.marked[key]));
  await requestTwilio(accountAt(twilio), "/Messages.json", { method: "POST", body });
  return problems;
}

describe("while A2P 10DLC is denied", () => {
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["from the primary number", TEXT],
    ["from the toll-free number", { ...TEXT, from: "+18446883807" }],
    ["to a whatsapp: address", { ...TEXT, to: `whatsapp:${TEXT.to}` }],
    ["from a messaging service", { to: TEXT.to, messagingServiceSid: SERVICE, body: "Hello." }],
    ["that is scheduled", { ...TEXT, scheduleType: "fixed", sendAt: "2027-01-01T00:00:00Z" }],
    ["with unknown properties", { to: UNKNOWN, from: UNKNOWN, body: UNKNOWN }],
    ["without properties", {}],
  ])("10DLC: a message resource %s: blocked", async (_what, props) => {
    expect((await apply(resource(MESSAGE, props)))[0]).toMatch(
      /blocked while .* may not text .*creating it sends a text/,
    );
    expect(textsThatLeft({ twilio })).toEqual(NO_TEXT);
  });

  const v1 = (name: string) => `twilio:index/${name}:${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  test.each([
    ["a messaging service", twilioSdk.MessagingServicesV1.__pulumiType],
    ["a messaging service's sender", twilioSdk.MessagingServicesPhoneNumbersV1.__pulumiType],
    ["an A2P campaign", twilioSdk.MessagingServicesComplianceUsa2pV1.__pulumiType],
    ["a toll-free verification", twilioSdk.MessagingTollfreeVerificationsV1.__pulumiType],
    ["a messaging service's alphanumeric sender", v1("messagingServicesAlphaSendersV1")],
    ["a messaging service's short code", v1("messagingServicesShortCodesV1")],
    ["a short code", v1("apiAccountsSMSShortCodes")],
    ["a brand", v1("messagingBrandRegistrationsV1")],
    ["a conversation", v1("conversationsConversationsV1")],
    ["a conversation's participant", v1("conversationsConversationsParticipantsV1")],
    ["a chat service", v1("chatServicesV2")],
    ["a Notify service", v1("notifyServicesV1")],
    ["a Studio flow", v1("studioFlowsV2")],
    ["a Studio execution", v1("studioFlowsExecutionsV2")],
    ["a Verify service", v1("verifyServicesV2")],
    ["a serverless function", v1("serverlessServicesFunctionsV1")],
    ["a serverless build", v1("serverlessServicesBuildsV1")],
    ["a TwiML application", v1("apiAccountsApplications")],
    ["a TwiML bin", v1("twimlBinsV1")],
    ["a proxy session", v1("proxyServicesSessionsV1")],
    ["a Flex flow", v1("flexFlexFlowsV1")],
    ["an autopilot assistant", v1("autopilotAssistantsV1")],
    ["a call with its own TwiML", v1("apiAccountsCalls")],
    ["a message with its type in upper case", MESSAGE.toUpperCase()],
    ["a message with a blank after its type", `${MESSAGE} `],
    ["a message of another package", MESSAGE.replace("twilio:", "sms:")],
    ["a message under the bridge's name", MESSAGE.replace("twilio:", "terraform-provider:")],
    [
      "a message under the number's module",
      PHONE_NUMBER_TYPE.replace(":ApiAccountsIncomingPhoneNumbers", ":ApiAccountsMessages"),
    ],
    ["a dynamic resource", "pulumi-nodejs:dynamic:Resource"],
    ["a dynamic provider", "pulumi:providers:pulumi-nodejs"],
    ["a worker at Cloudflare", "cloudflare:index/workersScript:WorkersScript"],
    ["a worker's route", "cloudflare:index/workersRoute:WorkersRoute"],
    ["a page rule that redirects a webhook", "cloudflare:index/pageRule:PageRule"],
    ["an SNS topic", "aws:sns/topic:Topic"],
    ["a Lambda function", "aws:lambda/function:Function"],
    ["a container", "docker:index/container:Container"],
    ["a provider that the stack does not have", "pulumi:providers:aws"],
    ["a second provider of the bridge", "pulumi:providers:terraform-provider"],
    ["an unknown resource", "random:index/randomId:RandomId"],
  ])("10DLC: %s (%s): blocked by the pack and by the program itself", async (_what, type) => {
    expect((await packProblems(resource(type), DENIED))[0]).toMatch(/blocked while \S+ may not text \(/);
    expect(blockedTypeReason(type, gatesOn(testManifest().gates, new Date()))).toMatch(
      /blocked while \S+ may not text \(/,
    );
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ["answered by a TwiML bin", { smsUrl: `https://handler.twilio.com/twiml/EH${"a".repeat(32)}` }],
    [
      "answered by a TwiML bin as the fallback",
      { smsFallbackUrl: `https://handler.twilio.com/twiml/EH${"a".repeat(32)}` },
    ],
    ["answered by a TwiML application", { smsApplicationSid: `AP${"a".repeat(32)}` }],
    ["answered on a pending path", { smsUrl: `https://webhook.reri.co${PENDING_PATH}` }],
    ["answered on the alias /sms", { smsUrl: "https://webhook.reri.co/sms" }],
    ["answered at an unknown URL", { smsUrl: UNKNOWN }],
  ])("10DLC: a number whose texts are %s: blocked", async (_what, props) => {
    const [property = ""] = Object.keys(props);
    const problems = await packProblems(resource(PHONE_NUMBER_TYPE, props, { opts: { protect: true } }), DENIED);
    expect(problems.filter((problem) => problem.includes(`subject.${property}: `))).not.toEqual([]);
  });

  test.each([
    [MESSAGE],
    [twilioSdk.MessagingServicesV1.__pulumiType],
    ["pulumi-nodejs:dynamic:Resource"],
    ["command:remote:Command"],
  ])("10DLC: an exception in the pack's config for %s: refused", (type) => {
    const allowed = { type, reason: "we need it", until: TODAY };
    expect(() => exceptionsOn(TODAY, { off: [], allowedTypes: [allowed] })).toThrow(
      "is never allowed while a number may not text",
    );
  });

  test.each([["no-sms-campaign"], ["tendlc-evidence"], ["tollfree-evidence"]])(
    "10DLC: the policy %s switched off: refused",
    (policy) => {
      const off = { policy, reason: "we need it", until: TODAY };
      expect(() => exceptionsOn(TODAY, { off: [off], allowedTypes: [] })).toThrow("never switched off");
    },
  );
});

describe("while one number may text and the other may not", () => {
  test.each<[string, TestRecords, Readonly<Record<string, unknown>>]>([
    ["10DLC alone, from the primary number", { tendlc: APPROVED_RECORD }, TEXT],
    ["10DLC alone, from the toll-free number", { tendlc: APPROVED_RECORD }, { ...TEXT, from: "+18446883807" }],
    ["10DLC alone, from an unknown number", { tendlc: APPROVED_RECORD }, { ...TEXT, from: UNKNOWN }],
    ["the verification alone", { ...DENIED, tollfree: VERIFIED_RECORD }, { ...TEXT, from: "+18446883807" }],
    [
      "10DLC and a rejected verification",
      { tendlc: APPROVED_RECORD, tollfree: { ...VERIFIED_RECORD, status: "rejected" } },
      TEXT,
    ],
  ])("10DLC: a message resource with the approval of %s: blocked", async (_what, records, props) => {
    expect((await apply(resource(MESSAGE, props), records))[0]).toMatch(/blocked while \S+ may not text \(/);
    expect(textsThatLeft({ twilio })).toEqual(NO_TEXT);
  });
});

test("10DLC control: the same message resource passes with both approvals, and sends exactly one text", async () => {
  const both = { tendlc: APPROVED_RECORD, tollfree: VERIFIED_RECORD };
  expect(await apply(resource(MESSAGE, TEXT), both)).toEqual([]);
  expect(textsThatLeft({ twilio })).toEqual(ONE_TEXT);
});
