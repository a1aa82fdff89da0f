import { type PolicyCase, TODAY } from "../testing/cases.ts";
import { hub, number } from "../testing/hub.ts";
import { UNKNOWN } from "../testing/resource.ts";

const SIGN_OFF = { by: "Henry Hill", on: "2026-05-10", reference: "minutes of May" };
const APPROVED = {
  status: "approved",
  number: "+18446883807",
  rejectedOn: "2026-05-03",
  verificationSid: `HH${"0".repeat(32)}`,
  approvedOn: "2026-06-01",
  signOff: SIGN_OFF,
};
const { verificationSid: _verificationSid, ...withoutSid } = APPROVED;
const { approvedOn: _approvedOn, ...withoutDate } = APPROVED;
const { signOff: _signOff, ...withoutSignOff } = APPROVED;
const { rejectedOn: _rejectedOn, ...neverRejected } = APPROVED;

const record = (name: string, tollfree: unknown, violates: RegExp | undefined): PolicyCase => ({
  name,
  resources: [hub()],
  config: { tollfree },
  violates,
});

const ALL: readonly PolicyCase[] = [
  { name: "no record", resources: [hub(), number()], violates: undefined },
  record("a complete approval", APPROVED, undefined),
  record("an approval that was never rejected", neverRejected, undefined),
  record("submitted with a sign-off", { ...withoutSid, status: "submitted" }, undefined),
  record("rejected with half an approval", { ...withoutSignOff, status: "rejected" }, undefined),
  record(
    "no verification",
    withoutSid,
    /^hub:tollfree: no verificationSid; complete the record, or set status to "submitted" \(docs\/texts\.md\)/,
  ),
  record("no date", withoutDate, /^hub:tollfree: no approvedOn/),
  record("no sign-off", withoutSignOff, /^hub:tollfree: no signOff/),
  record(
    "a sign-off by a person who is not an owner",
    { ...APPROVED, signOff: { ...SIGN_OFF, by: "Ray" } },
    /^hub:tollfree: signOff\.by "Ray" is not in hub:owners/,
  ),
  record(
    "a sign-off from before the rejection",
    { ...APPROVED, rejectedOn: "2026-05-11" },
    /^hub:tollfree: signOff\.on 2026-05-10 is before the rejection of 2026-05-11/,
  ),
  record("an approval of today", { ...APPROVED, approvedOn: "2026-11-20" }, undefined),
  record(
    "an approval of tomorrow",
    { ...APPROVED, approvedOn: "2026-11-21" },
    /^hub:tollfree: approvedOn 2026-11-21 is in the future/,
  ),
  record(
    "a rejection of tomorrow",
    { status: "rejected", number: "+18446883807", rejectedOn: "2026-11-21" },
    /^hub:tollfree: rejectedOn 2026-11-21 is in the future/,
  ),
  {
    name: "a hub whose outputs are not known yet: the record comes from the config",
    resources: [hub({ manifestDigest: UNKNOWN })],
    config: { tollfree: withoutSignOff },
    violates: /^hub:tollfree: no signOff/,
  },
  {
    name: "a resource that is not the hub's",
    resources: [number()],
    config: { tollfree: withoutSignOff },
    violates: undefined,
  },
];

/** The cases of the policy tollfree-evidence. */
export const cases: readonly PolicyCase[] = ALL.map((given) => ({ today: TODAY, ...given }));
