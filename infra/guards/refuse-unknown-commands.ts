import * as pulumi from "@pulumi/pulumi";
import { commandProblems, isCommand } from "../../hub/guards/commands/known-commands.ts";
import { isDeployment } from "../../hub/guards/commands/known-scripts.ts";
import type { CommandContext } from "../../hub/guards/commands/known-variables.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { mistake } from "../stack/mistake.ts";

/** What of a resource is looked at, as the SDK has it when it is constructed and as the engine has it when it is registered. */
interface Declared {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly opts: { readonly parent?: pulumi.Resource | undefined };
}

/**
 * Refuses a command that is not one of the hub's, with the policy pack's own predicate: the type `command:local:Command` passes the guard of
 * types, and it runs any text. A script, or the whole of the variables, that is an output or a promise is refused unread: the hub's are constants. So is
 * a restart that `hub:authorisation` does not allow, and a gate file that says what the config does not. To be called by a stack transformation,
 * which sees a resource when the SDK constructs it.
 *
 * @throws RunError, out of the constructor of the command that is refused
 */
export function refuseUnknownCommand(declared: Declared, context: CommandContext): void {
  const { parent } = declared.opts;
  // The SDK's own name for a resource's type, which its declarations leave out.
  refuse(
    declared,
    parent !== undefined && "__pulumiType" in parent && parent.__pulumiType === COMPONENT_TYPES.deployment,
    context,
  );
}

/**
 * The same, for a resource transform: the engine asks when a resource is registered, whoever registers it. A parent is its URN there.
 *
 * @throws RunError, with which the engine refuses the command
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
