import { LOCAL_COMMAND_TYPE } from "../../hub/known-scripts.ts";
import { PHONE_NUMBER_TYPE } from "../../hub/resource-types.ts";
import { type PolicyCase, TODAY } from "../test-cases.ts";
import { command, restart, stagedRelease } from "../test-hub.ts";
import { resource, UNKNOWN } from "../test-resource.ts";

const elsewhere = (
  name: string,
  props: Readonly<Record<string, unknown>>,
  violates: RegExp | undefined,
): PolicyCase => ({
  name,
  resources: [resource(LOCAL_COMMAND_TYPE, props)],
  violates,
});

const ALL: readonly PolicyCase[] = [
  { name: "an owner's authorisation", resources: [restart(), stagedRelease()], violates: undefined },
  {
    name: "an old one: its age is another policy's",
    resources: [restart({ HUB_AUTHORISED_ON: "2026-01-01" })],
    violates: undefined,
  },
  {
    name: "no release",
    resources: [restart({ HUB_RELEASE: undefined })],
    violates: /^restart\.environment: release: missing; mend hub:authorisation \(domain document, Feedback rules/,
  },
  {
    name: "a release by name",
    resources: [restart({ HUB_RELEASE: "latest" })],
    violates: /^restart\.environment: release: expected a staged release's digest/,
  },
  {
    name: "a release that is not known yet",
    resources: [restart({ HUB_RELEASE: UNKNOWN })],
    violates: /^restart\.environment: release: missing/,
  },
  {
    name: "nobody",
    resources: [restart({ HUB_AUTHORISED_BY: undefined })],
    violates: /^restart\.environment: by: missing/,
  },
  {
    name: "somebody who is no owner",
    resources: [restart({ HUB_AUTHORISED_BY: "Ray Liotta" })],
    violates: /^restart\.environment: by: "Ray Liotta" is not in hub:owners/,
  },
  {
    name: "somebody who is an owner by the config",
    resources: [restart({ HUB_AUTHORISED_BY: "Ray Liotta" })],
    config: { owners: ["Ray Liotta"] },
    violates: undefined,
  },
  {
    name: "somebody who is not known yet",
    resources: [restart({ HUB_AUTHORISED_BY: UNKNOWN })],
    violates: /^restart\.environment: by: missing/,
  },
  {
    name: "no day",
    resources: [restart({ HUB_AUTHORISED_ON: undefined })],
    violates: /^restart\.environment: on: missing/,
  },
  {
    name: "a day to come",
    resources: [restart({ HUB_AUTHORISED_ON: "2026-11-21" })],
    violates: /^restart\.environment: on: 2026-11-21 is in the future/,
  },
  {
    name: "a day that has come",
    resources: [restart({ HUB_AUTHORISED_ON: "2026-11-21" })],
    today: "2026-11-21",
    violates: undefined,
  },
  {
    name: "no variables",
    resources: [restart({}, { environment: undefined })],
    violates: /^restart\.environment: release: missing; by: missing; on: missing/,
  },
  ...["restart", "reload", "gracefulReload", "startOrRestart", "startOrReload", "delete", "stop", "kill"].map((verb) =>
    elsewhere(
      verb,
      { create: `pm2 ${verb} twilio` },
      new RegExp(`^subject\\.create: has PM2 ${verb} a process; only the hub's own restart may`),
    ),
  ),
  elsewhere(
    "a restart in an update",
    { create: "true", update: "npx pm2 --silent restart all" },
    /^subject\.update: has PM2 restart a process/,
  ),
  elsewhere(
    "a restart over a variable",
    { create: 'eval "$TOOL restart twilio"', environment: { TOOL: "pm2" } },
    /^subject\.environment\.TOOL: has PM2 restart a process/,
  ),
  elsewhere(
    "a restart by a list",
    { interpreter: ["pm2"], create: "stop" },
    /^subject\.interpreter\[0\]: has PM2 stop a process/,
  ),
  {
    name: "a restart on another machine",
    resources: [resource("command:remote:Command", { create: "pm2 kill" })],
    violates: /^subject\.create: has PM2 kill/,
  },
  {
    name: "a restart by that name outside the deployment",
    resources: [resource(LOCAL_COMMAND_TYPE, { create: "pm2 restart twilio" }, { name: "restart" })],
    violates: /^restart\.create: has PM2 restart/,
  },
  {
    name: "another name in the deployment",
    resources: [command("reload", { create: "pm2 reload twilio" })],
    violates: /^reload\.create: has PM2 reload/,
  },
  elsewhere("PM2 that only looks", { create: "pm2 jlist" }, undefined),
  elsewhere("a stop of something else", { create: "docker stop database" }, undefined),
  elsewhere(
    "a script that is not known yet",
    { create: UNKNOWN },
    /^subject\.create: is not known in the preview, and may restart the process/,
  ),
  {
    name: "a number",
    resources: [resource(PHONE_NUMBER_TYPE, { friendlyName: "pm2 restart", create: UNKNOWN })],
    violates: undefined,
  },
];

export const cases: readonly PolicyCase[] = ALL.map((given) => ({ today: TODAY, ...given }));
