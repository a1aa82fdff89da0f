/** How the stack's scripts reach the handler's machine. */
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { SSH_PORT, type Transport, transportVariables } from "../../hub/config/transport.ts";
import type { CommandName } from "../../hub/guards/commands/known-scripts.ts";
import { mistake } from "../stack/mistake.ts";

/** A script's variables. */
export type Variables = Readonly<Record<string, pulumi.Input<string>>>;

/** A resource's parent, provider, dependencies and order of replacement. */
export type MachineOptions = Pick<
  pulumi.CustomResourceOptions,
  "parent" | "provider" | "dependsOn" | "deleteBeforeReplace"
>;

/** A resource that runs scripts on the handler's machine. The scripts come from `onMachine`. */
export interface MachineCommand {
  readonly create: string;
  /** Runs for a change that does not replace the resource. Without it `create` runs. */
  readonly update?: string;
  readonly delete?: string;
  readonly environment: Variables;
  /** Extra values whose change replaces the resource. A different machine always does. */
  readonly triggers?: readonly pulumi.Input<string>[];
}

/** Declares a command on the handler's machine. */
export function declareCommand(
  name: CommandName,
  transport: Transport,
  { environment, triggers = [], ...scripts }: MachineCommand,
  options: MachineOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      ...scripts,
      environment: { ...environment, ...transportVariables(transport) },
      triggers: [...triggers, machineOf(transport)],
      // Over SSH the script reads a private key with `op`.
      logging: "none",
    },
    options,
  );
}

/** Runs a script at once, even in a preview, and returns its output. Silent: the provider would log it beside the resources. */
export async function runOnMachine(
  transport: Transport,
  script: string,
  environment: Readonly<Record<string, string>>,
  options: MachineOptions,
): Promise<string> {
  const { stdout } = await command.local.run(
    { command: script, environment: { ...environment, ...transportVariables(transport) }, logging: "none" },
    options,
  );
  return stdout;
}

/**
 * The state that a script has printed.
 *
 * @param key the config key of the thing that the script looked at
 * @param what the thing in words, like `the file`
 * @throws RunError if it printed none of the states
 */
export function printedState<State extends string>(
  states: readonly State[],
  printed: string,
  key: string,
  what: string,
): State {
  const state = states.find((known) => known === printed);
  if (state === undefined) {
    throw mistake(`${key}: the check of ${what} printed "${printed}"; expected ${states.join(", ")}`);
  }
  return state;
}

/** The machine in words, which change if it does. */
function machineOf(transport: Transport): string {
  return transport.kind === "local" ? "local" : `${transport.user}@${transport.host}:${transport.port ?? SSH_PORT}`;
}
