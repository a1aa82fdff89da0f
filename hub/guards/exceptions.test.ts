import { describe, expect, test } from "vitest";
import { allowedBesides, dayOf, exceptionsOn, PACK_CONFIG } from "./exceptions.ts";

const TODAY = "2026-11-22";
const off = { policy: "op-read-silent", reason: "moving to another vault", until: "2026-12-01" };
const allowed = { type: "aws:s3/bucket:Bucket", reason: "the state's bucket", until: "2026-12-01" };

test("the repository's own config is valid today", () => {
  expect(() => exceptionsOn(dayOf(new Date()), PACK_CONFIG)).not.toThrow();
});

test("an exception holds until the end of its last day and not a day longer", () => {
  const config = { off: [off], allowedTypes: [allowed] };
  expect(exceptionsOn("2026-12-01", config)).toEqual(config);
  expect(exceptionsOn("2026-12-02", config)).toEqual({ off: [], allowedTypes: [] });
  expect([...allowedBesides(exceptionsOn(TODAY, config))]).toEqual(["aws:s3/bucket:Bucket"]);
});

describe("refused is an exception", () => {
  test.each([
    ["without a reason", { ...off, reason: undefined }, "off.0.reason"],
    ["with a blank reason", { ...off, reason: " " }, "off.0.reason"],
    ["without a last day", { ...off, until: undefined }, "off.0.until"],
    ["with no date", { ...off, until: "soon" }, "off.0.until"],
    ["without an end", { ...off, until: "2099-01-01" }, "more than 90 days ahead; take 2027-02-20 at most"],
    ["of what is never off", { ...off, policy: "no-sms-campaign" }, "never switched off"],
    ["of what is not known", { ...off, extra: 1 }, "off.0"],
  ])("%s", (_, entry, message) => {
    expect(() => exceptionsOn(TODAY, { off: [entry], allowedTypes: [] })).toThrow(message);
  });

  test.each([
    ["twilio:index/apiAccountsMessages:ApiAccountsMessages", "sends a text"],
    ["twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1", "A2P campaign"],
    ["pulumi-nodejs:dynamic:Resource", "any code"],
    ["cloudflare:index/workersScript:WorkersScript", "code of its own"],
    ["aws:lambda/function:Function", "code of its own"],
    ["azure-native:communication:CommunicationService", "can text"],
    ["aws:ec2/instance:Instance", "can send texts"],
    ["restapi:index/object:Object", "can send texts"],
    ["aws:*:Bucket", "a pattern is not taken"],
    ["aws", "a pattern is not taken"],
  ])("for the type %s", (type, message) => {
    expect(() => exceptionsOn(TODAY, { off: [], allowedTypes: [{ ...allowed, type }] })).toThrow(message);
  });
});
