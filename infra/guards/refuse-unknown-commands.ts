import * as pulumi from "@pulumi/pulumi";
import { commandProblems, isCommand } from "../../hub/guards/commands/known-commands.ts";
import { isDeployment } from "../../hub/guards/commands/known-scripts.ts";
import type { CommandContext } from "../../hub/guards/commands/known-variables.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { mistake } from "../stack/mistake.ts";

/** The part of a resource that is checked, in the form of the SDK at construction and of the engine at registration. */
interface Declared {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: { readonly parent?: pulumi.Resource | undefined };
}

/**
 * Refuses a command that is not one of the hub's, with the policy pack's predicate: the type `command:local:Command` passes the guard of types but
 * runs any text. If a script, or the map of variables, is an output or a promise, it is refused unread: the hub's are constants. Also refused are
 * a restart that `hub:authorisation` does not allow, and a gate file that differs from the config. Call this from a stack transformation, which
 * sees a resource when the SDK constructs it.
 *
 * @throws RunError from the constructor of a refused command
 */
export function refuseUnknownCommand(declared: Declared, context: CommandContext): void {
  const { parent } = declared.opts;
  // The SDK's internal name for a resource's type, which its declarations leave out.
  refuse(
    declared,
    parent !== undefined && "__pulumiType" in parent && parent.__pulumiType === COMPONENT_TYPES.deployment,
    context,
  );
}

/**
 * The same check for a resource transform, which the engine calls for every registration of a resource, from any source. A parent is given by
 * its URN there.
 *
 * @throws RunError if the command is refused
 */
export async function refuseUnknownCommandAtEngine(declared: Declared, context: CommandContext): Promise<void> {
  if (!isCommand(declared.type)) return;
  refuse(declared, isDeployment(await urnOf(declared.opts.parent)), context);
}

function refuse({ type, name, props }: Declared, isOfDeployment: boolean, context: CommandContext): void {
  if (!isCommand(type)) return;
  const [problem] = commandProblems({ type, name, isOfDeployment, inputs: props, isUnknown }, context);
  if (problem !== undefined) throw mistake(problem);
}

function isUnknown(value: unknown): boolean {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

function urnOf(resource: pulumi.Resource | undefined): Promise<string> | string {
  return resource === undefined ? "" : new Promise((resolve) => resource.urn.apply(resolve));
}
