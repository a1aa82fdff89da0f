/** How the stack's scripts reach the machine that runs the handler. */
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { SSH_PORT, type Transport, transportVariables } from "../../hub/config/transport.ts";
import type { CommandName } from "../../hub/guards/commands/known-scripts.ts";
import { mistake } from "../stack/mistake.ts";

/** A script's variables. */
export type Variables = Readonly<Record<string, pulumi.Input<string>>>;

/** Where a resource stands, which provider runs it, and in which order it is replaced. */
export type MachineOptions = Pick<
  pulumi.CustomResourceOptions,
  "parent" | "provider" | "dependsOn" | "deleteBeforeReplace"
>;

/** A resource that runs a script on the handler's machine. The scripts are `onMachine`'s. */
export interface MachineCommand {
  readonly create: string;
  /** Run for a change that replaces nothing. Without it `create` is. */
  readonly update?: string;
  readonly delete?: string;
  readonly environment: Variables;
  /** What else makes it a new resource. Another machine always does. */
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

/** What a script prints, run at once, in a preview too. Silent: the provider would log it beside the resources. */
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
 * Which of its states a script that looks at something has printed.
 *
 * @param key the config key of what was looked at
 * @param what it is in words, like `the file`
 * @throws RunError where it printed none of them
 */
export function printedState<State extends string>(
  states: readonly State[],
  printed: string,
  key: string,
  what: string,
): State {
  const state = states.find((known) => known === printed);
  if (state === undefined) throw mistake(`${key}: expected to read how ${what} is; found "${printed}"`);
  return state;
}

/** The machine in words that change with it. */
function machineOf(transport: Transport): string {
  return transport.kind === "local" ? "local" : `${transport.user}@${transport.host}:${transport.port ?? SSH_PORT}`;
}
