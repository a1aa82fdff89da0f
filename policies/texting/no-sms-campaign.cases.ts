import { COMPONENT_TYPES, PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { type PolicyCase, TODAY } from "../testing/cases.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const CAMPAIGN = "twilio:index/messagingServicesComplianceUsa2pV1:MessagingServicesComplianceUsa2pV1";
const APPROVED = {
  "tendlc.status": "approved",
  "tendlc.campaignSid": "QE0123456789abcdef0123456789abcdef",
  "tendlc.approvedOn": "2026-06-01",
  "tendlc.signOff": { by: "Henry Hill", on: "2026-05-10", reference: "B14a" },
};

const VERIFIED = {
  tollfree: {
    status: "approved",
    number: "+18446883807",
    verificationSid: `HH${"0".repeat(32)}`,
    approvedOn: "2026-06-01",
    signOff: { by: "Henry Hill", on: "2026-05-10", reference: "minutes of May" },
  },
};
const VERIFICATION = "twilio:index/messagingTollfreeVerificationsV1:MessagingTollfreeVerificationsV1";
const MESSAGE = "twilio:index/apiAccountsMessages:ApiAccountsMessages";

const BLOCKED: readonly (readonly [type: string, why: RegExp])[] = [
  [CAMPAIGN, /subject: twilio:index\/\S+ is blocked .*no B14a signOff.*A2P campaign.*No exception is made for it/],
  [MESSAGE, /creating it sends a text/],
  ["twilio:index/messagingServicesPhoneNumbersV1:MessagingServicesPhoneNumbersV1", /adds a sender/],
  [VERIFICATION, /toll-free sender/],
  ["twilio:index/studioFlowsV2:StudioFlowsV2", /Studio/],
  ["cloudflare:index/apiAccountsMessages:ApiAccountsMessages", /sends a text/],
  ["cloudflare:index/workersScript:WorkersScript", /code of its own/],
  ["pulumi-nodejs:dynamic:Resource", /runs any code/],
  ["pulumi:providers:aws", /not known to be unable/],
  ["aws:s3/bucket:Bucket", /not known to be unable.*Or, if it cannot text, add it/],
];

/** The cases of the policy no-sms-campaign. */
export const cases: readonly PolicyCase[] = [
  { name: "a number passes while 10DLC is unapproved", resources: [resource(PHONE_NUMBER_TYPE)], violates: undefined },
  { name: "the hub's component passes", resources: [resource(COMPONENT_TYPES.hub)], violates: undefined },
  ...BLOCKED.map(([type, violates]) => ({ name: `${type} is blocked`, resources: [resource(type)], violates })),
  {
    name: "a campaign whose every value is unknown is blocked too",
    resources: [resource(CAMPAIGN, { messagingServiceSid: UNKNOWN, description: UNKNOWN })],
    violates: /A2P campaign/,
  },
  {
    name: "a campaign passes once 10DLC is approved",
    resources: [resource(CAMPAIGN)],
    config: APPROVED,
    today: TODAY,
    violates: undefined,
  },
  {
    name: "a campaign passes on the day of the approval",
    resources: [resource(CAMPAIGN)],
    config: APPROVED,
    today: "2026-06-01",
    violates: undefined,
  },
  {
    name: "an approval with a date in the future opens nothing yet",
    resources: [resource(CAMPAIGN)],
    config: APPROVED,
    today: "2026-05-31",
    violates:
      /is blocked .*\(A2P 10DLC: approvedOn 2026-06-01 is in the future \(it counts from 12:00 UTC of that day\)\)/,
  },
  {
    name: "an approval of today in UTC opens nothing before that day has begun everywhere",
    resources: [resource(CAMPAIGN)],
    config: APPROVED,
    today: "2026-06-01T11:59:59Z",
    violates: /is blocked .*approvedOn 2026-06-01 is in the future/,
  },
  {
    name: "an approval of the year 2099 opens nothing",
    resources: [resource(CAMPAIGN)],
    config: { ...APPROVED, "tendlc.approvedOn": "2099-01-01" },
    violates: /is blocked .*approvedOn 2099-01-01 is in the future/,
  },
  {
    name: "a verification does not pass with 10DLC alone",
    resources: [resource(VERIFICATION)],
    config: APPROVED,
    today: TODAY,
    violates:
      /is blocked while \+18446883807 may not text \(toll-free verification: hub:tollfree is missing\): it submits/,
  },
  {
    name: "a verification passes once the toll-free number is approved",
    resources: [resource(VERIFICATION)],
    config: VERIFIED,
    today: TODAY,
    violates: undefined,
  },
  {
    name: "a campaign does not pass with the toll-free number alone",
    resources: [resource(CAMPAIGN)],
    config: VERIFIED,
    today: TODAY,
    violates: /is blocked while \+19497798471 may not text \(A2P 10DLC: status is "denied"/,
  },
  {
    name: "a verification does not pass in a hub without a toll-free number",
    resources: [resource(VERIFICATION)],
    config: { ...APPROVED, "numbers.1.number": "+12135550199" },
    today: TODAY,
    violates: /is blocked while the hub has no number that it is for/,
  },
  {
    name: "a message does not pass with 10DLC alone",
    resources: [resource(MESSAGE)],
    config: APPROVED,
    today: TODAY,
    violates: /is blocked while \+18446883807 may not text .*creating it sends a text/,
  },
  {
    name: "a message passes once every number may text",
    resources: [resource(MESSAGE)],
    config: { ...APPROVED, ...VERIFIED },
    today: TODAY,
    violates: undefined,
  },
];
