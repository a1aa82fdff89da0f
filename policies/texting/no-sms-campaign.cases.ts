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

const BLOCKED: readonly (readonly [type: string, why: RegExp])[] = [
  [CAMPAIGN, /subject: twilio:index\/\S+ is blocked .*no B14a signOff.*A2P campaign.*No exception is made for it/],
  ["twilio:index/apiAccountsMessages:ApiAccountsMessages", /creating it sends a text/],
  ["twilio:index/messagingServicesPhoneNumbersV1:MessagingServicesPhoneNumbersV1", /adds a sender/],
  ["twilio:index/messagingTollfreeVerificationsV1:MessagingTollfreeVerificationsV1", /toll-free sender/],
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
    violates: /is blocked .*\(approvedOn 2026-06-01 is in the future \(it counts from 12:00 UTC of that day\)\)/,
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
];
