/** A command as the hub's own predicates take it, and what they hold it against. */
import type { GivenCommand } from "../../../hub/guards/commands/known-commands.ts";
import { isDeploymentCommand } from "../../../hub/guards/commands/known-scripts.ts";
import type { CommandContext } from "../../../hub/guards/commands/known-variables.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { NOT_KNOWN, plainProperties } from "../../reading/known-value.ts";
import { stackConfig } from "../../reading/stack.ts";
import type { ShownResource } from "./staged-release.ts";

/** A resource that is a command, with `NOT_KNOWN` where a preview does not know a value. */
export function givenCommand({ type, name, urn, props }: ShownResource & { readonly type: string }): GivenCommand {
  return {
    ...{ type, name, isOfDeployment: isDeploymentCommand(urn), inputs: plainProperties(props) },
    isUnknown: (value) => value === NOT_KNOWN,
  };
}

/** The stack's config. `today` is `YYYY-MM-DD`, UTC. */
export function commandContext(manifest: () => Manifest, today: string): CommandContext {
  return { config: stackConfig(), gate: manifest().gate, today };
}
