/** The hub's deployment as a policy is shown it: its component, and the commands that stage a release and restart the PM2 process. */
import type { ResourceValidationArgs } from "@pulumi/policy";
import { COMMAND_NAMES, isDeployment, isDeploymentCommand } from "../../../hub/guards/commands/known-scripts.ts";
import type { AuthorisationState } from "../../../hub/scripts/authorisation-note.ts";
import { NOT_KNOWN, readProperty } from "../../reading/known-value.ts";

/** The parts of a resource that every kind of policy is shown. */
export type ShownResource = Pick<ResourceValidationArgs, "name" | "urn" | "props">;

/** Whether a resource is the command that stages the release. */
export function isStagedRelease({ name, urn }: ShownResource): boolean {
  return name === COMMAND_NAMES.stagedRelease && isDeploymentCommand(urn);
}

/** The digest of the manifest that the staged release was made from; `NOT_KNOWN` if a preview does not know it. */
export function stagedManifest(props: ShownResource["props"]): unknown {
  return variableOf(props, "HUB_MANIFEST");
}

/** Whether a resource is the hub's own restart. */
export function isRestart({ name, urn }: ShownResource): boolean {
  return name === COMMAND_NAMES.restart && isDeploymentCommand(urn);
}

/** When a restart was authorised: a day or a moment, or the text "a day that is not known" if a preview does not know it. */
export function authorisedOn(props: ShownResource["props"]): string {
  const value = variableOf(props, "HUB_AUTHORISED_ON");
  return typeof value === "string" ? value : "a day that is not known";
}

/** Whether the plan would run a command: its output is known once it has run, and not before. */
export function wouldRun({ props }: ShownResource): boolean {
  return typeof readProperty(props, "stdout") !== "string";
}

const CARRIED_OUT: AuthorisationState = "carried out";

/** Whether a resource is the hub's deployment, and reports that the machine has carried the authorisation out. */
export function hasCarriedOut({ urn, props }: ShownResource): boolean {
  return isDeployment(urn) && readProperty(props, "authorisation") === CARRIED_OUT;
}

/** A variable of a command; `NOT_KNOWN` if a preview does not know it. */
function variableOf(props: ShownResource["props"], name: string): unknown {
  const environment = readProperty(props, "environment");
  if (typeof environment !== "object" || environment === null) return environment === NOT_KNOWN ? NOT_KNOWN : undefined;
  return Reflect.get(environment, name);
}
