/** Commands as the hub's own predicates expect them. */
import { gatesOn } from "../../../hub/gate/gates-on.ts";
import type { GivenCommand } from "../../../hub/guards/commands/known-commands.ts";
import { isDeploymentCommand, SCRIPT_INPUTS } from "../../../hub/guards/commands/known-scripts.ts";
import type { CommandContext } from "../../../hub/guards/commands/known-variables.ts";
import { dayOf } from "../../../hub/guards/exceptions.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { holdsUnknown, NOT_KNOWN, plainProperties } from "../../reading/known-value.ts";
import { stackConfig } from "../../reading/stack.ts";
import type { ShownResource } from "./deployment.ts";

/** The inputs that decide what a command runs: its scripts, their interpreter, and their standard input. */
const RUNNING_INPUTS = [...SCRIPT_INPUTS, "interpreter", "stdin"];

/** A command, with `NOT_KNOWN` for each value that a preview does not know. */
export function givenCommand({ type, name, urn, props }: ShownResource & { readonly type: string }): GivenCommand {
  return {
    ...{ type, name, isOfDeployment: isDeploymentCommand(urn), inputs: plainProperties(props) },
    isUnknown: (value) => value === NOT_KNOWN,
  };
}

/**
 * The stack's config, and its gates and day at a time, against which commands are checked.
 *
 * @param now the time of the run
 */
export function commandContext(manifest: () => Manifest, now: Date): CommandContext {
  return { config: stackConfig(), gates: gatesOn(manifest().gates, now), today: dayOf(now) };
}

/** The first input that decides what a command runs and that a preview does not know; undefined if all are known. */
export function unknownScript(props: Readonly<Record<string, unknown>>): string | undefined {
  return RUNNING_INPUTS.find((input) => holdsUnknown(props[input]));
}
