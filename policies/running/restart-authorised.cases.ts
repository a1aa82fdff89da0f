import { LOCAL_COMMAND_TYPE } from "../../hub/guards/commands/known-scripts.ts";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { type PolicyCase, TODAY } from "../testing/cases.ts";
import { AUTHORISATION, command, restart, stagedRelease } from "../testing/hub.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const elsewhere = (
  name: string,
  props: Readonly<Record<string, unknown>>,
  violates: RegExp | undefined,
): PolicyCase => ({
  name,
  resources: [resource(LOCAL_COMMAND_TYPE, props)],
  violates,
});

/** Variables of restarts that `hub:authorisation` does not allow, and how the message shows each value. */
const FORGED: readonly (readonly [variable: string, value: unknown, found: string])[] = [
  ["HUB_RELEASE", "b2".repeat(32), `found ${"b2".repeat(32)}`],
  ["HUB_RELEASE", "latest", 'found "latest"'],
  ["HUB_RELEASE", undefined, "found none"],
  ["HUB_RELEASE", UNKNOWN, "its value is not known in the preview"],
  ["HUB_AUTHORISED_BY", "Ray Liotta", 'found "Ray Liotta"'],
  ["HUB_AUTHORISED_BY", undefined, "found none"],
  ["HUB_AUTHORISED_BY", UNKNOWN, "its value is not known in the preview"],
  ["HUB_AUTHORISED_ON", "2026-11-19", 'found "2026-11-19"'],
  ["HUB_AUTHORISED_ON", undefined, "found none"],
  ["HUB_PROCESS", "salesmsg", 'found "salesmsg"'],
  ["HUB_PROCESS", undefined, "found none"],
  ["HUB_RELEASES", "elsewhere", 'found "elsewhere"'],
];

const ALL: readonly PolicyCase[] = [
  { name: "the restart of hub:authorisation", resources: [restart(), stagedRelease()], violates: undefined },
  {
    name: "an old authorisation: another policy decides about its age",
    resources: [restart({ HUB_AUTHORISED_ON: "2026-01-01" })],
    config: { authorisation: { ...AUTHORISATION, on: "2026-01-01" } },
    violates: undefined,
  },
  ...FORGED.map(([variable, value, found]) => ({
    name: `${variable}: ${String(value)}`,
    resources: [restart({ [variable]: value })],
    violates: new RegExp(
      `^restart\\.environment\\.${variable}: ${found}; expected hub:.*; fix hub:authorisation \\(docs/domain.md#no-restart-without-authorisation`,
    ),
  })),
  {
    name: "a restart that nobody authorised",
    resources: [restart()],
    config: {},
    violates: /^restart\.environment: hub:authorisation is missing, and nothing else allows a restart/,
  },
  {
    name: "a person who is not an owner",
    resources: [restart({ HUB_AUTHORISED_BY: "Ray Liotta" })],
    config: { authorisation: { ...AUTHORISATION, by: "Ray Liotta" } },
    violates: /^restart\.environment: hub:authorisation\.by: "Ray Liotta" is not in hub:owners/,
  },
  {
    name: "a person whom the config makes an owner",
    resources: [restart({ HUB_AUTHORISED_BY: "Ray Liotta" })],
    config: { authorisation: { ...AUTHORISATION, by: "Ray Liotta" }, owners: ["Ray Liotta"] },
    violates: undefined,
  },
  {
    name: "a day in the future",
    resources: [restart()],
    today: "2026-11-19",
    violates: /^restart\.environment: hub:authorisation\.on: 2026-11-20 is in the future/,
  },
  {
    name: "the process and the folder of the config",
    resources: [restart({ HUB_PROCESS: "hub", HUB_RELEASES: "/opt/pm2/releases" })],
    config: { authorisation: AUTHORISATION, "handler.process": "hub", "handler.releases": "/opt/pm2/releases" },
    violates: undefined,
  },
  {
    name: "no variables",
    resources: [restart({}, { environment: undefined })],
    violates: /^restart\.environment\.HUB_AUTHORISED_BY: found none/,
  },
  {
    name: "a restart with another script",
    resources: [restart({}, { create: "pm2 kill" })],
    violates: /^restart\.create: makes PM2 kill, which is not one of/,
  },
  {
    name: "a restart whose variables are not known yet",
    resources: [restart({}, { environment: UNKNOWN })],
    violates: /^restart\.create: makes PM2 /,
  },
  {
    name: "the hub's own command with PM2's name in a folder",
    resources: [stagedRelease({}, { HUB_RELEASES: "/home/pm2/releases" })],
    violates: undefined,
  },
  ...[
    ...["restart", "reload", "gracefulReload", "startOrRestart", "startOrGracefulReload", "delete", "stop", "kill"],
    ...["start", "sendSignal", "pull", "forward", "deploy", "scale", "resurrect", "update", "jlist2"],
  ].map((verb) =>
    elsewhere(
      verb,
      { create: `pm2 ${verb} twilio` },
      new RegExp(
        `^subject.create: makes PM2 ${verb}, which is not one of jlist, .*; remove it: only the hub's own restart may`,
      ),
    ),
  ),
  elsewhere(
    "a verb that looks, then one that does not",
    { create: "pm2 jlist; /usr/bin/pm2 -s 'kill'" },
    /create: makes PM2 kill/,
  ),
  elsewhere("a verb in a variable", { create: "pm2 $V", environment: { V: "stop" } }, /create: makes PM2 do something/),
  elsewhere(
    "a verb that only follows in another input",
    { interpreter: ["pm2"], environment: { A: "jlist" }, create: "stop" },
    /^subject\.interpreter\[0\]: makes PM2 do something/,
  ),
  ...["systemctl restart twilio", "pkill -f twilio", "service twilio stop"].map((create) =>
    elsewhere(create, { create }, /^subject\.create: may restart or end twilio; remove it: only the hub's/),
  ),
  elsewhere(
    "a neighbour's name in a variable",
    { create: 'systemctl restart "$X"', environment: { X: "twilio" } },
    /^subject\.create: may restart or end twilio/,
  ),
  elsewhere("a service of another name", { create: "systemctl restart nginx" }, undefined),
  elsewhere("the process's name alone", { create: "echo twilio" }, undefined),
  elsewhere(
    "a restart in an update",
    { create: "true", update: "npx pm2 --silent restart all" },
    /^subject\.update: makes PM2 restart, /,
  ),
  elsewhere(
    "a restart by way of a variable",
    { create: 'eval "$TOOL restart twilio"', environment: { TOOL: "pm2" } },
    /^subject\.environment\.TOOL: makes PM2 do something/,
  ),
  {
    name: "a restart on another machine",
    resources: [resource("command:remote:Command", { create: "pm2 kill" })],
    violates: /^subject\.create: makes PM2 kill/,
  },
  {
    name: "a resource named restart outside the deployment",
    resources: [resource(LOCAL_COMMAND_TYPE, { create: "pm2 restart twilio" }, { name: "restart" })],
    violates: /^restart\.create: makes PM2 restart/,
  },
  {
    name: "another name in the deployment",
    resources: [command("reload", { create: "pm2 reload twilio" })],
    violates: /^reload\.create: makes PM2 reload/,
  },
  elsewhere("PM2 that only looks", { create: "pm2 jlist; pm2 --silent show twilio" }, undefined),
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

/** The cases of the policy restart-authorised. */
export const cases: readonly PolicyCase[] = ALL.map((given) => ({
  today: TODAY,
  config: { authorisation: AUTHORISATION },
  ...given,
}));
