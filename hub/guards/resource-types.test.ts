import { describe, expect, test } from "vitest";
import schema from "../../test/fixtures/twilio-0.18.46.json" with { type: "json" };
import type { SenderGates } from "../gate/gates-on.ts";
import { CampaignSid, VerificationSid } from "../values/values.ts";
import { blockedTypeReason, COMPONENT_TYPES, PHONE_NUMBER_TYPE } from "./resource-types.ts";

const LOCAL = "+19497798471";
const TOLL_FREE = "+18446883807";
const SHUT: SenderGates = {
  [LOCAL]: { kind: "local", plan: "plan-b14", open: false, reasons: ['status is "denied"', "no B14a signOff"] },
  [TOLL_FREE]: { kind: "toll-free", open: false, reasons: ["hub:tollfree is missing"] },
};
const DATES = { approvedOn: "2026-06-01", signedOffOn: "2026-05-10" };
const OPEN: SenderGates = {
  [LOCAL]: { kind: "local", plan: "p", open: true, sid: CampaignSid.parse(`QE${"0".repeat(32)}`), ...DATES },
  [TOLL_FREE]: { kind: "toll-free", open: true, sid: VerificationSid.parse(`HH${"0".repeat(32)}`), ...DATES },
};
const TWILIO_TYPES = Object.keys(schema.resources).filter((type) => type !== PHONE_NUMBER_TYPE);

const ALLOWED = [
  ...Object.values(COMPONENT_TYPES),
  PHONE_NUMBER_TYPE,
  "command:local:Command",
  "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig",
  "cloudflare:index/dnsRecord:DnsRecord",
  "cloudflare:index/ruleset:Ruleset",
  "cloudflare:index/accessRule:AccessRule",
  "cloudflare:index/zeroTrustAccessApplication:ZeroTrustAccessApplication",
  "pulumi:pulumi:Stack",
  "pulumi:providers:twilio",
  "pulumi:providers:command",
];

const BLOCKED: readonly (readonly [type: string, why: string])[] = [
  ["twilio:index/apiAccountsMessages:ApiAccountsMessages", "creating it sends a text"],
  ["twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1", "A2P campaign"],
  ["twilio:index/messagingServicesPhoneNumbersV1:MessagingServicesPhoneNumbersV1", "adds a sender"],
  ["twilio:index/messagingServicesV1:MessagingServicesV1", "carries campaign texts"],
  ["twilio:index/messagingTollfreeVerificationsV1:MessagingTollfreeVerificationsV1", "toll-free sender"],
  ["twilio:index/messagingBrandRegistrationsV1:MessagingBrandRegistrationsV1", "registers a brand"],
  ["twilio:index/studioFlowsV2:StudioFlowsV2", "a Studio flow"],
  ["twilio:index/conversationsV1:ConversationsV1", "texts to its participants"],
  ["twilio:index/verifyServicesV2:VerifyServicesV2", "codes by text"],
  ["twilio:index/serverlessServicesV1:ServerlessServicesV1", "runs code of its own"],
  ["cloudflare:index/workersScript:WorkersScript", "runs code of its own"],
  ["cloudflare:index/workersCronTrigger:WorkersCronTrigger", "runs code of its own"],
  ["cloudflare:index/worker:Worker", "runs code of its own"],
  ["cloudflare:index/pagesProject:PagesProject", "runs code of its own"],
  ["cloudflare:index/snippet:Snippet", "runs code of its own"],
  ["cloudflare:index/workflow:Workflow", "runs code of its own"],
  ["cloudflare:index/apiAccountsMessages:ApiAccountsMessages", "sends a text"],
  ["cloudflare:index/emailRoutingRule:EmailRoutingRule", "sends messages"],
  ["cloudflare:index/notificationPolicyWebhooks:NotificationPolicyWebhooks", "sends texts"],
  ["aws:sns/topic:Topic", "sends texts"],
  ["command:remote:Command", "any command"],
  ["command:local:Command2", "any command"],
  ["Command:local:Command", "any command"],
  ["azure-native:communication:CommunicationService", "can text its contacts"],
  ["aws:cognito/userPool:UserPool", "can text its contacts"],
  ["pagerduty:index/userContactMethod:UserContactMethod", "can text its contacts"],
  ...["vonage", "telnyx", "plivo", "sinch", "bandwidth"].flatMap((vendor) => [
    [`${vendor}:index/application:Application`, "its vendor sends texts"] as const,
    [`pulumi:providers:${vendor}`, "its vendor sends texts"] as const,
  ]),
  ["restapi:index/object:Object", "any request"],
  ["http:index/request:Request", "any request"],
  ["null:index/resource:Resource", "any program"],
  ["pulumi:providers:null", "any program"],
  ["gcp:cloudscheduler/job:Job", "at times of its own"],
  ["aws:ec2/instance:Instance", "programs of its own"],
  ["gcp:cloudrun/service:Service", "programs of its own"],
  ["aws:ecs/service:Service", "programs of its own"],
  ["azure:containerservice/group:Group", "programs of its own"],
  ["twilio:index/apiAccountsCalls:ApiAccountsCalls", "is Twilio's"],
  ["pulumi:providers:pulumi-nodejs", "runs any code"],
  ["pulumi-nodejs:dynamic:Resource", "a dynamic resource runs any code"],
  ["pulumi-python:dynamic:Resource", "a dynamic resource runs any code"],
];

const LOOK_ALIKES = [
  "aws:s3/bucket:Bucket",
  "cloudflareX:index/dnsRecord:DnsRecord",
  "Cloudflare:index/dnsRecord:DnsRecord",
  " cloudflare:index/dnsRecord:DnsRecord",
  "cloudflare:index/dnsRecord:DnsRecord2",
  "hub:index:TwilioHub2",
  "hub:index:twiliohub",
  "pulumi:pulumi:Stack2",
  "pulumi:pulumi:StackReference",
  "pulumi:providers:aws",
  "pulumix:pulumi:Stack",
  "",
];

describe("while the gates are shut", () => {
  test.each(ALLOWED)("%s passes", (type) => {
    expect(blockedTypeReason(type, SHUT)).toBeUndefined();
  });

  test.each(BLOCKED)("%s is blocked because: %s", (type, why) => {
    expect(blockedTypeReason(type, SHUT)).toContain(why);
  });

  test.each(LOOK_ALIKES)("%j is blocked as unknown", (type) => {
    expect(blockedTypeReason(type, SHUT)).toContain("not known to be unable to send a text");
  });

  test("every type of the Twilio package but the number is blocked for its own reason", () => {
    expect(TWILIO_TYPES).toHaveLength(5);
    for (const type of TWILIO_TYPES) {
      expect(blockedTypeReason(type, SHUT)).toContain(type);
      expect(blockedTypeReason(type, SHUT)).not.toContain("not known to be unable");
    }
  });

  test("a type that the pack's config adds passes, and no other", () => {
    const extraTypes = new Set(["aws:s3/bucket:Bucket"]);
    expect(blockedTypeReason("aws:s3/bucket:Bucket", SHUT, extraTypes)).toBeUndefined();
    expect(blockedTypeReason("aws:s3/bucket:BucketV2", SHUT, extraTypes)).toContain("hub/guards/exceptions.ts");
  });

  test("the reason names everything that the approval lacks, and how the type will pass", () => {
    const reason = blockedTypeReason("aws:s3/bucket:Bucket", SHUT);
    expect(reason).toContain(
      'aws:s3/bucket:Bucket is blocked while +19497798471 may not text (A2P 10DLC: status is "denied"; no B14a signOff) ' +
        "and +18446883807 may not text (toll-free verification: hub:tollfree is missing): ",
    );
    expect(reason).toContain("It passes once hub:tendlc and hub:tollfree approve them");
  });
});

describe("while one gate is open and the other is shut", () => {
  const local = { ...SHUT, ...Object.fromEntries(Object.entries(OPEN).slice(0, 1)) };
  const tollFree = { ...SHUT, ...Object.fromEntries(Object.entries(OPEN).slice(1)) };
  const CAMPAIGN = "twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1";
  const BRAND = "twilio:index/messagingBrandRegistrationsV1:MessagingBrandRegistrationsV1";
  const SERVICE = "twilio:index/messagingServicesV1:MessagingServicesV1";
  const VERIFICATION = "twilio:index/messagingTollfreeVerificationsV1:MessagingTollfreeVerificationsV1";

  test("a registration passes for its own kind of number", () => {
    for (const type of [CAMPAIGN, BRAND, SERVICE]) {
      expect(blockedTypeReason(type, local)).toBeUndefined();
      expect(blockedTypeReason(type, tollFree)).toContain("while +19497798471 may not text");
    }
    expect(blockedTypeReason(VERIFICATION, tollFree)).toBeUndefined();
    expect(blockedTypeReason(VERIFICATION, local)).toContain("while +18446883807 may not text");
  });

  test("everything that may text from any number waits for both", () => {
    const registrations = [CAMPAIGN, BRAND, SERVICE, VERIFICATION];
    for (const type of [...BLOCKED.map(([type]) => type), ...LOOK_ALIKES]) {
      if (registrations.includes(type)) continue;
      expect(blockedTypeReason(type, local)).toContain("while +18446883807 may not text");
      expect(blockedTypeReason(type, tollFree)).toContain("while +19497798471 may not text");
    }
  });

  test("a registration for which the hub has no number is blocked", () => {
    const { [TOLL_FREE]: _, ...one } = OPEN;
    expect(blockedTypeReason(VERIFICATION, one)).toContain("while the hub has no number that it is for");
    expect(blockedTypeReason("aws:s3/bucket:Bucket", one)).toBeUndefined();
    expect(blockedTypeReason("aws:s3/bucket:Bucket", {})).toContain("is blocked");
  });
});

test("with every gate open every type passes", () => {
  for (const type of [...ALLOWED, ...BLOCKED.map(([type]) => type), ...LOOK_ALIKES]) {
    expect(blockedTypeReason(type, OPEN)).toBeUndefined();
  }
});
