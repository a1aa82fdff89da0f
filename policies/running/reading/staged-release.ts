/** The command that stages the handler's release, and what its variables say. */
import type { ResourceValidationArgs } from "@pulumi/policy";
import { COMMAND_NAMES, isDeploymentCommand } from "../../../hub/guards/commands/known-scripts.ts";
import { NOT_KNOWN, readProperty } from "../../reading/known-value.ts";

/** What every policy is shown of a resource. */
export type ShownResource = Pick<ResourceValidationArgs, "name" | "urn" | "props">;

/** Whether a resource is the command that stages the release. */
export function isStagedRelease({ name, urn }: ShownResource): boolean {
  return name === COMMAND_NAMES.stagedRelease && isDeploymentCommand(urn);
}

/** A variable of a command; `NOT_KNOWN` where a preview does not know it. */
export function variableOf(props: ShownResource["props"], name: string): unknown {
  const environment = readProperty(props, "environment");
  if (typeof environment !== "object" || environment === null) return environment === NOT_KNOWN ? NOT_KNOWN : undefined;
  return Reflect.get(environment, name);
}

/** The digest of the manifest that the release was made from. */
export function stagedManifest(props: ShownResource["props"]): unknown {
  return variableOf(props, "HUB_MANIFEST");
}
