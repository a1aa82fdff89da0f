/** The commands that the stack may run on a machine: the resources, and their scripts by SHA-256. */

import { LOOK_AT_AUTHORISATION } from "../../scripts/authorisation-note.ts";
import { CHECK_MACHINE } from "../../scripts/check-machine.ts";
import { LOOK_AT_AUTHORISED } from "../../scripts/look-at-accepted.ts";
import { LOOK_AT_RELEASE } from "../../scripts/look-at-release.ts";
import { TRANSPORT_VARIABLES } from "../../scripts/on-machine.ts";
import { FINISH_SIGNING_RULES, PUT_SIGNING_RULES, REMOVE_SIGNING_RULES } from "../../scripts/put-signing-rules.ts";
import { KEEP_RUNNING, RESTART_SCRIPT } from "../../scripts/restart.ts";
import { LOOK_AT_FUNNEL, REMOVE_FUNNEL, SET_FUNNEL } from "../../scripts/set-funnel.ts";
import { STAGE_SCRIPT } from "../../scripts/stage-release.ts";
import { LOOK_ON_MACHINE, REMOVE_ON_MACHINE, WRITE_ON_MACHINE } from "../../scripts/write-gate-file.ts";
import { SIGNING_VARIABLES } from "../../signing/signing-variables.ts";
import { sha256 } from "../../values/canonical-json.ts";
import { COMPONENT_TYPES } from "../resource-types.ts";

/** The type of a command that runs on the engine's machine. */
export const LOCAL_COMMAND_TYPE = "command:local:Command";

/** The inputs of a command that hold a script. Without `update`, the provider also runs `create` for an update. */
export const SCRIPT_INPUTS = ["create", "update", "delete"] as const;
export type ScriptInput = (typeof SCRIPT_INPUTS)[number];

/** The resource name of each command. The name is part of the URN, so a new name would replace the resource in every stack. */
export const COMMAND_NAMES = {
  machineCheck: "machine-check",
  stagedRelease: "staged-release",
  gateFile: "gate-file",
  funnel: "funnel",
  restart: "restart",
  signing: "signing",
} as const;

/** The resource name of a command of the hub. */
export type CommandName = (typeof COMMAND_NAMES)[keyof typeof COMMAND_NAMES];

/** A command of the hub. */
export interface KnownCommand {
  readonly name: CommandName;
  /** The SHA-256 of each script that it must have, in hex. A script that is not listed must be absent. */
  readonly digests: Readonly<Partial<Record<ScriptInput, string>>>;
  /**
   * The SHA-256 of each script that the program itself runs, in every run (`command.local.run`). `looks` change nothing; `write` never runs in a
   * preview.
   */
  readonly runs?: { readonly looks?: readonly string[]; readonly write?: string };
  /** The names of its variables: those that its scripts read, and those that a reviewer sees. */
  readonly environment: readonly string[];
}

/** Every command of the hub. Each is a child of the hub's deployment. */
export const KNOWN_COMMANDS: readonly KnownCommand[] = [
  {
    name: COMMAND_NAMES.machineCheck,
    digests: { create: scriptDigest(CHECK_MACHINE) },
    environment: ["HUB_FUNNEL", "HUB_RELEASES", "HUB_USER", ...TRANSPORT_VARIABLES],
  },
  {
    name: COMMAND_NAMES.stagedRelease,
    digests: { create: scriptDigest(STAGE_SCRIPT) },
    runs: { looks: [scriptDigest(LOOK_AT_RELEASE)], write: scriptDigest(STAGE_SCRIPT) },
    environment: ["HUB_MANIFEST", "HUB_RELEASE", "HUB_RELEASES", ...TRANSPORT_VARIABLES, "HUB_STAGED_FOUND"],
  },
  {
    name: COMMAND_NAMES.gateFile,
    digests: { create: scriptDigest(WRITE_ON_MACHINE), delete: scriptDigest(REMOVE_ON_MACHINE) },
    runs: { looks: [scriptDigest(LOOK_ON_MACHINE)], write: scriptDigest(WRITE_ON_MACHINE) },
    environment: ["HUB_GATE", "HUB_GATE_FILE", "HUB_GATE_FOUND", "HUB_GATE_MAC", ...TRANSPORT_VARIABLES],
  },
  {
    name: COMMAND_NAMES.funnel,
    digests: { create: scriptDigest(SET_FUNNEL), delete: scriptDigest(REMOVE_FUNNEL) },
    runs: { looks: [scriptDigest(LOOK_AT_FUNNEL)], write: scriptDigest(SET_FUNNEL) },
    environment: [
      "HUB_FUNNEL_FOUND",
      "HUB_FUNNEL_HOST",
      "HUB_FUNNEL_MOUNTS",
      "HUB_FUNNEL_TARGET",
      ...TRANSPORT_VARIABLES,
    ],
  },
  {
    name: COMMAND_NAMES.restart,
    digests: { create: scriptDigest(RESTART_SCRIPT), update: scriptDigest(KEEP_RUNNING) },
    runs: { looks: [scriptDigest(LOOK_AT_AUTHORISATION), scriptDigest(LOOK_AT_AUTHORISED)] },
    environment: [
      "HUB_AUTHORISED_BY",
      "HUB_AUTHORISED_ON",
      "HUB_PROCESS",
      "HUB_RELEASE",
      "HUB_RELEASES",
      ...TRANSPORT_VARIABLES,
    ],
  },
  {
    name: COMMAND_NAMES.signing,
    digests: { create: scriptDigest(PUT_SIGNING_RULES), delete: scriptDigest(REMOVE_SIGNING_RULES) },
    runs: { write: scriptDigest(FINISH_SIGNING_RULES) },
    environment: [...SIGNING_VARIABLES, ...TRANSPORT_VARIABLES, "HUB_SIGNING_FOUND"],
  },
];

/** The SHA-256 of a script's text, 64 hex digits. */
export function scriptDigest(text: string): string {
  return sha256(text);
}

/** The types in the deployment's URN. */
const DEPLOYMENT_TYPES = `${COMPONENT_TYPES.hub}$${COMPONENT_TYPES.deployment}`;

/**
 * Whether a URN is that of the hub's deployment. A URN holds the types of all parents of a resource except the stack
 * (https://www.pulumi.com/docs/iac/concepts/resources/names/#urns).
 */
export function isDeployment(urn: string): boolean {
  return urn.split("::")[2] === DEPLOYMENT_TYPES;
}

/** Whether a URN is that of a command of the hub's deployment, under any name. */
export function isDeploymentCommand(urn: string): boolean {
  return urn.split("::")[2] === `${DEPLOYMENT_TYPES}$${LOCAL_COMMAND_TYPE}`;
}
