/** The resource that restarts the PM2 process, and the authorisation that its variables carry. */
import { isDeploymentCommand } from "../hub/known-scripts.ts";
import { NOT_KNOWN, readProperty } from "./known-value.ts";
import { type ShownResource, variableOf } from "./staged-release.ts";

/** Whether a resource is the hub's own restart. */
export function isRestart({ name, urn }: ShownResource): boolean {
  return name === "restart" && isDeploymentCommand(urn);
}

/**
 * The authorisation of a restart, to be parsed: `HUB_RELEASE` (64 hex digits), `HUB_AUTHORISED_BY` and `HUB_AUTHORISED_ON`. What a preview does
 * not know is missing.
 */
export function foundAuthorisation(props: ShownResource["props"]) {
  const [release, by, on] = ["HUB_RELEASE", "HUB_AUTHORISED_BY", "HUB_AUTHORISED_ON"].map((name) => {
    const value = variableOf(props, name);
    return value === NOT_KNOWN ? undefined : value;
  });
  return { release: release === undefined ? undefined : `sha256:${String(release)}`, by, on };
}

/** Whether a preview would run it: what a command printed is known once it has run, and not before. */
export function wouldRun({ props }: ShownResource): boolean {
  return typeof readProperty(props, "stdout") !== "string";
}
