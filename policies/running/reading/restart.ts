/** The resource that restarts the PM2 process. */
import { COMMAND_NAMES, isDeployment, isDeploymentCommand } from "../../../hub/guards/commands/known-scripts.ts";
import type { AuthorisationState } from "../../../hub/scripts/authorisation-note.ts";
import { readProperty } from "../../reading/known-value.ts";
import { type ShownResource, variableOf } from "./staged-release.ts";

/** Whether a resource is the hub's own restart. */
export function isRestart({ name, urn }: ShownResource): boolean {
  return name === COMMAND_NAMES.restart && isDeploymentCommand(urn);
}

/** The day or the moment of a restart's authorisation, or a text that is none where a preview does not know it. */
export function authorisedOn(props: ShownResource["props"]): string {
  const value = variableOf(props, "HUB_AUTHORISED_ON");
  return typeof value === "string" ? value : "a day that is not known";
}

const CARRIED_OUT: AuthorisationState = "carried out";

/** Whether a resource is the hub's deployment and says that the machine has carried the authorisation out. */
export function hasCarriedOut({ urn, props }: ShownResource): boolean {
  return isDeployment(urn) && readProperty(props, "authorisation") === CARRIED_OUT;
}

/** Whether a preview would run it: what a command printed is known once it has run, and not before. */
export function wouldRun({ props }: ShownResource): boolean {
  return typeof readProperty(props, "stdout") !== "string";
}
