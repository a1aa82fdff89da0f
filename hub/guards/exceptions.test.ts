import { describe, expect, test } from "vitest";
import { dayOf, exceptionsOn, extraTypes, PACK_CONFIG } from "./exceptions.ts";

const TODAY = "2026-11-22";
const off = { policy: "op-read-silent", reason: "moving to another vault", until: "2026-12-01" };
const allowed = { type: "aws:s3/bucket:Bucket", reason: "the state's bucket", until: "2026-12-01" };

test("the repository's own config is valid today", () => {
  expect(() => exceptionsOn(dayOf(new Date()), PACK_CONFIG)).not.toThrow();
});

test("an exception is valid to the end of its last day, and no longer", () => {
  const config = { off: [off], allowedTypes: [allowed] };
  expect(exceptionsOn("2026-12-01", config)).toEqual(config);
  expect(exceptionsOn("2026-12-02", config)).toEqual({ off: [], allowedTypes: [] });
  expect([...extraTypes(exceptionsOn(TODAY, config))]).toEqual(["aws:s3/bucket:Bucket"]);
});

describe("an exception is refused", () => {
  test.each([
    ["without a reason", { ...off, reason: undefined }, "off.0.reason"],
    ["with a blank reason", { ...off, reason: " " }, "off.0.reason"],
    ["without a last day", { ...off, until: undefined }, "off.0.until"],
    ["with a text for a date", { ...off, until: "soon" }, "off.0.until"],
    ["without an end", { ...off, until: "2099-01-01" }, "more than 90 days ahead; use 2027-02-20 at the latest"],
    ["for a policy that cannot be off", { ...off, policy: "no-sms-campaign" }, "never switched off"],
    ["with an unknown key", { ...off, extra: 1 }, "off.0"],
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
    ["aws:*:Bucket", "a pattern is not accepted"],
    ["aws", "a pattern is not accepted"],
  ])("for the type %s", (type, message) => {
    expect(() => exceptionsOn(TODAY, { off: [], allowedTypes: [{ ...allowed, type }] })).toThrow(message);
  });
});
