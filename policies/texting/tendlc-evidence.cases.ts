import { type PolicyCase, TODAY } from "../testing/cases.ts";
import { hub, number } from "../testing/hub.ts";
import { UNKNOWN } from "../testing/resource.ts";

const SIGN_OFF = { by: "Henry Hill", on: "2026-05-10", reference: "B14a-minutes" };
const APPROVED = {
  status: "approved",
  plan: "plan-b14",
  deniedOn: "2026-05-03",
  campaignSid: `QE${"0".repeat(32)}`,
  approvedOn: "2026-06-01",
  signOff: SIGN_OFF,
};
const { campaignSid: _campaignSid, ...withoutSid } = APPROVED;
const { approvedOn: _approvedOn, ...withoutDate } = APPROVED;
const { signOff: _signOff, ...withoutSignOff } = APPROVED;

const record = (name: string, tendlc: unknown, violates: RegExp | undefined): PolicyCase => ({
  name,
  resources: [hub()],
  config: { tendlc },
  violates,
});

const ALL: readonly PolicyCase[] = [
  { name: "denied", resources: [hub(), number()], violates: undefined },
  record("a complete approval", APPROVED, undefined),
  record("submitted with a sign-off", { ...withoutSid, status: "submitted" }, undefined),
  record(
    "submitted with a sign-off by a person who is not an owner",
    { ...withoutSid, status: "submitted", signOff: { ...SIGN_OFF, by: "Ray" } },
    undefined,
  ),
  record("denied with half an approval", { ...withoutSignOff, status: "denied" }, undefined),
  record(
    "no campaign",
    withoutSid,
    /^hub:tendlc: no campaignSid; complete the record, or set status to "submitted" \(docs\/domain\.md#compliance-alert\)/,
  ),
  record("no date", withoutDate, /^hub:tendlc: no approvedOn/),
  record("no sign-off", withoutSignOff, /^hub:tendlc: no B14a signOff/),
  record(
    "a sign-off by a person who is not an owner",
    { ...APPROVED, signOff: { ...SIGN_OFF, by: "Ray" } },
    /^hub:tendlc: signOff\.by "Ray" is not in hub:owners/,
  ),
  record(
    "a sign-off from before the denial",
    { ...APPROVED, deniedOn: "2026-05-11" },
    /^hub:tendlc: signOff\.on 2026-05-10 is before the denial of 2026-05-11/,
  ),
  record(
    "an approval from before the sign-off",
    { ...APPROVED, approvedOn: "2026-05-09" },
    /^hub:tendlc: approvedOn 2026-05-09 is before the sign-off/,
  ),
  record("an approval of today", { ...APPROVED, approvedOn: "2026-11-20" }, undefined),
  record(
    "an approval of tomorrow",
    { ...APPROVED, approvedOn: "2026-11-21" },
    /^hub:tendlc: approvedOn 2026-11-21 is in the future/,
  ),
  record(
    "a sign-off of tomorrow",
    { ...withoutSid, status: "submitted", approvedOn: undefined, signOff: { ...SIGN_OFF, on: "2026-11-21" } },
    /^hub:tendlc: signOff\.on 2026-11-21 is in the future/,
  ),
  record(
    "a denial of tomorrow",
    { status: "denied", plan: "plan-b14", deniedOn: "2026-11-21" },
    /^hub:tendlc: deniedOn 2026-11-21 is in the future/,
  ),
  {
    ...record("the same dates, a day later", { ...APPROVED, approvedOn: "2026-11-21" }, undefined),
    today: "2026-11-21",
  },
  {
    name: "a hub whose outputs are not known yet: the record comes from the config",
    resources: [hub({ manifestDigest: UNKNOWN })],
    config: { tendlc: withoutSignOff },
    violates: /^hub:tendlc: no B14a signOff/,
  },
  {
    name: "a resource that is not the hub's",
    resources: [number()],
    config: { tendlc: withoutSignOff },
    violates: undefined,
  },
];

/** The cases of the policy tendlc-evidence. */
export const cases: readonly PolicyCase[] = ALL.map((given) => ({ today: TODAY, ...given }));
