import { type PolicyCase, TODAY } from "../testing/cases.ts";
import { deployment, hub, restart, stagedRelease } from "../testing/hub.ts";
import { UNKNOWN } from "../testing/resource.ts";

const pending = { stdout: UNKNOWN };

const ALL: readonly PolicyCase[] = [
  { name: "no restart", resources: [hub(), stagedRelease()], violates: undefined },
  { name: "a restart of today", resources: [hub(), restart({}, pending)], violates: undefined },
  { name: "a restart after seven days", resources: [restart({}, pending)], today: "2026-11-27", violates: undefined },
  {
    name: "a restart after eight days",
    resources: [restart({}, pending)],
    today: "2026-11-28",
    violates:
      /^restart\.environment\.HUB_AUTHORISED_ON: on: 2026-11-20 is more than 7 days ago; ask for a new authorisation \(docs\/domain\.md#no-restart-without-authorisation\)/,
  },
  {
    name: "a restart without an output",
    resources: [restart()],
    today: "2026-11-28",
    violates: /more than 7 days ago/,
  },
  {
    name: "a restart that has run",
    resources: [restart({}, { stdout: "" })],
    today: "2027-11-28",
    violates: undefined,
  },
  {
    name: "a day that is not known yet",
    resources: [restart({ HUB_AUTHORISED_ON: UNKNOWN }, pending)],
    violates: /more than 7 days ago/,
  },
  {
    name: "a restart that the plan would change, and whose authorisation was carried out",
    resources: [deployment({ authorisation: "carried out" }), restart({}, pending)],
    today: "2027-11-28",
    violates: undefined,
  },
  ...["failed", "to be carried out", UNKNOWN].map((authorisation) => ({
    name: `a restart of an old authorisation that is ${authorisation}`,
    resources: [deployment({ authorisation }), restart({}, pending)],
    today: "2026-11-28",
    violates: /more than 7 days ago/,
  })),
  {
    name: "another resource that reports the authorisation as carried out",
    resources: [hub({ authorisation: "carried out" }), restart({}, pending)],
    today: "2026-11-28",
    violates: /more than 7 days ago/,
  },
  {
    name: "another command",
    resources: [stagedRelease(pending, { HUB_AUTHORISED_ON: "2020-01-01" })],
    violates: undefined,
  },
];

/** The cases of the policy restart-recent. */
export const cases: readonly PolicyCase[] = ALL.map((given) => ({ today: TODAY, ...given }));
