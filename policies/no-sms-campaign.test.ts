import { expect, test } from "vitest";
import { PHONE_NUMBER_TYPE } from "../hub/resource-types.ts";
import type { TendlcGate } from "../hub/tendlc.ts";
import { CampaignSid } from "../hub/values.ts";
import { noSmsCampaign } from "./no-sms-campaign.ts";
import { resource, UNKNOWN, violations } from "./test-resource.ts";

const CAMPAIGN = "twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1";
const SHUT: TendlcGate = { plan: "plan-b14", open: false, reasons: ["no B14a signOff"] };
const OPEN: TendlcGate = {
  plan: "plan-b14",
  open: true,
  campaignSid: CampaignSid.parse("QE0123456789abcdef0123456789abcdef"),
  approvedOn: "2026-06-01",
  signedOffOn: "2026-05-10",
};
const policy = (gate: TendlcGate) => noSmsCampaign(() => ({ gate }));

test("a resource that cannot text passes while 10DLC is unapproved", async () => {
  expect(await violations(policy(SHUT), resource(PHONE_NUMBER_TYPE))).toEqual([]);
});

test("a campaign is a violation that names the resource, its type and what the approval lacks", async () => {
  const [message, ...others] = await violations(policy(SHUT), resource(CAMPAIGN));
  expect(message).toContain(`subject: ${CAMPAIGN} is blocked`);
  expect(message).toContain("no B14a signOff");
  expect(others).toEqual([]);
});

test("a campaign whose every value is unknown is a violation all the same", async () => {
  const args = resource(CAMPAIGN, { messagingServiceSid: UNKNOWN, description: UNKNOWN });
  expect(() => args.props.description).toThrow("can't be known during preview");
  expect(await violations(policy(SHUT), args)).toHaveLength(1);
});

test("a campaign passes once 10DLC is approved", async () => {
  expect(await violations(policy(OPEN), resource(CAMPAIGN))).toEqual([]);
});

test("a violation stops the run", () => {
  expect(policy(SHUT).enforcementLevel).toBe("mandatory");
});

test("a manifest that cannot be built fails the policy for a type that could text, and leaves the others to the program", async () => {
  const broken = noSmsCampaign(() => {
    throw new Error("no config");
  });
  await expect(violations(broken, resource("twilio:index/apiAccountsMessages:ApiAccountsMessages"))).rejects.toThrow(
    "no config",
  );
  expect(await violations(broken, resource(PHONE_NUMBER_TYPE))).toEqual([]);
});
