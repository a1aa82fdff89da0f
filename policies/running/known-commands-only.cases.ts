import { parseConfig } from "../../hub/config/parse.ts";
import { gateFileContent } from "../../hub/gate/gate-file.ts";
import { LOCAL_COMMAND_TYPE } from "../../hub/guards/commands/known-scripts.ts";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { PUT_SIGNING_RULES, REMOVE_SIGNING_RULES } from "../../hub/scripts/put-signing-rules.ts";
import { STAGE_SCRIPT } from "../../hub/scripts/stage-release.ts";
import { REMOVE_ON_MACHINE, WRITE_ON_MACHINE } from "../../hub/scripts/write-gate-file.ts";
import { signingVariables } from "../../hub/signing/signing-variables.ts";
import { configWith, gatesWith, SOURCE } from "../../hub/testing/config.ts";
import { OTHER_KEY, signingWith } from "../../hub/testing/signing.ts";
import { type PolicyCase, TODAY } from "../testing/cases.ts";
import { AUTHORISATION, command, hub, restart, stagedRelease } from "../testing/hub.ts";
import { resource, UNKNOWN } from "../testing/resource.ts";

const GATE_VARIABLES = {
  ...{ HUB_GATE: gateFileContent(gatesWith()), HUB_GATE_FILE: "gate", HUB_GATE_FOUND: "missing" },
  HUB_GATE_MAC: UNKNOWN,
};
const GATE_FILE = { create: WRITE_ON_MACHINE, delete: REMOVE_ON_MACHINE, environment: GATE_VARIABLES };
const gateFile = (variables: Readonly<Record<string, unknown>>) =>
  command("gate-file", { ...GATE_FILE, environment: { ...GATE_VARIABLES, ...variables } });
const APPROVED = {
  "tendlc.status": "approved",
  "tendlc.campaignSid": "QE0123456789abcdef0123456789abcdef",
  "tendlc.approvedOn": "2026-11-20",
  "tendlc.signOff": { by: "Henry Hill", on: "2026-11-10", reference: "B14a" },
};
/** The gate file of that approval, on its day. */
const openGate = () => gateFile({ HUB_GATE: gateFileContent(gatesWith(APPROVED)) });
const given = { create: STAGE_SCRIPT };
const SIGNING = { signing: signingWith() };
const RULES = signingVariables(parseConfig(configWith(SIGNING), SOURCE)) ?? {};
const signing = (changes: Readonly<Record<string, unknown>> = {}) =>
  command("signing", {
    ...{ create: PUT_SIGNING_RULES, delete: REMOVE_SIGNING_RULES, logging: "stderr" },
    environment: { ...RULES, HUB_SIGNING_FOUND: "not as declared", HUB_TRANSPORT: "local", ...changes },
  });

const ALL: readonly PolicyCase[] = [
  { name: "the release is staged", resources: [stagedRelease()], violates: undefined },
  {
    name: "the gate file is written, with a MAC that is not known yet",
    resources: [command("gate-file", GATE_FILE)],
    violates: undefined,
  },
  ...["/gate", "../gate", "./gate"].map((path) => ({
    name: `a gate file at another place: ${path}`,
    resources: [gateFile({ HUB_GATE_FILE: path })],
    violates: /^gate-file\.environment\.HUB_GATE_FILE: found /,
  })),
  {
    name: "a gate file that approves while the config does not",
    resources: [gateFile({ HUB_GATE: '{"open":true}' })],
    violates:
      /^gate-file\.environment\.HUB_GATE: found other approvals; expected hub:tendlc and hub:tollfree's; see hub\/guards\/commands\/known-scripts\.ts/,
  },
  { name: "a gate file that approves with the config", resources: [openGate()], config: APPROVED, violates: undefined },
  {
    name: "a gate file that approves before the day of the approval",
    resources: [openGate()],
    config: APPROVED,
    today: "2026-11-20T11:59:59Z",
    violates: /^gate-file\.environment\.HUB_GATE: found other approvals; expected hub:tendlc and hub:tollfree's/,
  },
  {
    name: "a gate that is not known yet",
    resources: [gateFile({ HUB_GATE: UNKNOWN })],
    violates:
      /^gate-file\.environment\.HUB_GATE: its value is not known in the preview; expected hub:tendlc and hub:tollfree's/,
  },
  {
    name: "a gate file elsewhere",
    resources: [gateFile({ HUB_GATE_FILE: "/etc/gate" })],
    violates: /^gate-file\.environment\.HUB_GATE_FILE: found "\/etc\/gate"; expected hub:handler\.gateFile's/,
  },
  { name: "the Rules of hub:signing", resources: [signing()], config: SIGNING, violates: undefined },
  {
    name: "a Setting with a key that is not one of hub:signing.keys",
    resources: [
      signing({ HUB_SIGNING_SETTINGS: RULES.HUB_SIGNING_SETTINGS?.replace(/webhooks_sharedkey_\w+/, OTHER_KEY) }),
    ],
    config: SIGNING,
    violates: /^signing\.environment\.HUB_SIGNING_SETTINGS: the value found is not shown; expected the config's/,
  },
  {
    name: "a proxy that would get Twilio's credentials",
    resources: [signing({ HUB_TWILIO_PROXY: "http://127.0.0.1:1" })],
    config: SIGNING,
    violates: /^signing\.environment\.HUB_TWILIO_PROXY: found /,
  },
  {
    name: "Rules without hub:signing",
    resources: [signing()],
    violates: /^signing\.environment: hub:signing is missing/,
  },
  { name: "the restart of hub:authorisation", resources: [restart()], violates: undefined },
  {
    name: "a neighbour's restart",
    resources: [restart({ HUB_PROCESS: "salesmsg" })],
    violates: /^restart\.environment\.HUB_PROCESS: found "salesmsg"; expected hub:handler\.process's/,
  },
  {
    name: "a restart before its day",
    resources: [restart()],
    today: "2026-11-19",
    violates: /^restart\.environment: hub:authorisation\.on: 2026-11-20 is in the future/,
  },
  {
    name: "inputs that cannot change the script",
    resources: [
      stagedRelease({ triggers: ["a", UNKNOWN], logging: "none", addPreviousOutputInEnv: false, update: undefined }),
    ],
    violates: undefined,
  },
  { name: "a command without variables", resources: [stagedRelease({ environment: undefined })], violates: undefined },
  {
    name: "other types",
    resources: [resource(PHONE_NUMBER_TYPE, { create: "rm -rf /", dir: "/" })],
    violates: undefined,
  },
  {
    name: "another script",
    resources: [stagedRelease({ create: `${STAGE_SCRIPT}\ncurl evil.example.com` })],
    violates:
      /^staged-release\.create: found a script with the SHA-256 [0-9a-f]{64}; expected the script with the SHA-256 [0-9a-f]{64}; see/,
  },
  {
    name: "no script",
    resources: [stagedRelease({ create: undefined })],
    violates: /create: found no script; expected the script/,
  },
  {
    name: "a script that is not known yet",
    resources: [stagedRelease({ create: UNKNOWN })],
    violates: /create: the script is not known in the preview; expected the script/,
  },
  {
    name: "an update of its own",
    resources: [stagedRelease({ update: "reboot" })],
    violates: /update: found a script with the SHA-256 [0-9a-f]{64}; expected none/,
  },
  {
    name: "an update that is not known yet",
    resources: [stagedRelease({ update: UNKNOWN })],
    violates: /update: the script is not known in the preview; expected none/,
  },
  { name: "a delete of its own", resources: [stagedRelease({ delete: "reboot" })], violates: /delete: found a script/ },
  {
    name: "a gate file without a script that removes it",
    resources: [command("gate-file", { ...GATE_FILE, delete: undefined })],
    violates: /^gate-file\.delete: found no script; expected the script/,
  },
  {
    name: "another command's script",
    resources: [command("gate-file", { ...GATE_FILE, create: STAGE_SCRIPT })],
    violates: /^gate-file\.create: found a script/,
  },
  {
    name: "an unknown name",
    resources: [command("other", given)],
    violates: /^other: command:local:Command is not a command of the hub's deployment/,
  },
  {
    name: "a known name outside the deployment",
    resources: [resource(LOCAL_COMMAND_TYPE, given, { name: "staged-release", parent: hub() })],
    violates: /^staged-release: command:local:Command is not a command of the hub's deployment/,
  },
  ...["command:remote:Command", "command:remote:CopyToRemote", "command:remote:CopyFile"].map((type) => ({
    name: type,
    resources: [resource(type, given, { name: "staged-release" })],
    violates: new RegExp(`^staged-release: ${type} is not a command of the hub's deployment`),
  })),
  ...["interpreter", "dir", "stdin", "assetPaths", "archivePaths", "connection", "somethingNew"].map((input) => ({
    name: input,
    resources: [stagedRelease({ [input]: "/usr/bin/env" })],
    violates: new RegExp(`^staged-release\\.${input}: is set, and can change what runs`),
  })),
  {
    name: "an interpreter that is not known yet",
    resources: [stagedRelease({ interpreter: UNKNOWN })],
    violates: /interpreter: is set/,
  },
  { name: "a folder that is null", resources: [stagedRelease({ dir: null })], violates: undefined },
  ...["PATH", "LD_PRELOAD", "BASH_ENV", "ENV", "HUB_GATE_FILE", "hub_release"].map((variable) => ({
    name: variable,
    resources: [stagedRelease({}, { [variable]: "x" })],
    violates: new RegExp(
      `^staged-release\\.environment\\.${variable}: is not one of the script's variables \\(HUB_MANIFEST, HUB_RELEASE, HUB_RELEASES, HUB_SSH_HOST, .*\\)`,
    ),
  })),
  {
    name: "a variable that is not known yet",
    resources: [stagedRelease({}, { HUB_RELEASE: UNKNOWN })],
    violates: undefined,
  },
  {
    name: "a foreign variable that is not known yet",
    resources: [stagedRelease({}, { PATH: UNKNOWN })],
    violates: /environment\.PATH: is not one/,
  },
  {
    name: "variables that are not known yet",
    resources: [stagedRelease({ environment: UNKNOWN })],
    violates: /environment: the variables' names are not known/,
  },
];

/** The cases of the policy known-commands-only. */
export const cases: readonly PolicyCase[] = ALL.map((given) => ({
  today: TODAY,
  config: { authorisation: AUTHORISATION },
  ...given,
}));
