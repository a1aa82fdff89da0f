/** Parts of the handler's machine (a file, a release, mounts) that a command declares and that the program also looks at itself. */
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Transport } from "../../hub/config/transport.ts";
import type { CommandName } from "../../hub/guards/commands/known-scripts.ts";
import { declareCommand, type MachineOptions, printedState, runOnMachine, type Variables } from "./transport.ts";

/** A part of the machine, and the scripts that look at it and put it right. */
export interface Looked<State extends string> {
  readonly name: CommandName;
  /** Prints one of `states` and changes nothing. */
  readonly look: string;
  /** Puts the part right. It is also the resource's `create`. */
  readonly put: string;
  /** When an `up` runs `put` again after the resource: always, or only if a look finds another state than `declared`. */
  readonly putAgain: "always" | "if needed";
  /** The resource's `delete`. Without it nothing is removed. */
  readonly remove?: string;
  /** The variables that the scripts read. */
  readonly environment: Variables;
  /** Variables of the resource that no script reads: they show in its diff. */
  readonly shown?: Variables;
  /** The variable of the resource that holds the state. No script reads it. */
  readonly foundVariable: string;
  readonly states: readonly State[];
  /** The state as it should be. */
  readonly declared: State;
  /** The config key, for an error. */
  readonly key: string;
  /** The part in words, for an error: `the file`. */
  readonly what: string;
  /** Values whose change replaces the resource. */
  readonly triggers?: readonly pulumi.Input<string>[];
}

/** The resource, and the state of its part of the machine. */
export interface DeclaredLooked<State extends string> {
  readonly resource: command.local.Command;
  /** The state found in a preview. In an `up` it is `declared`, and known once the part has been put right. */
  readonly state: pulumi.Output<State>;
}

type Run = (script: string) => Promise<string>;

/**
 * Declares a part of the machine. The engine does not read back the effect of a command. So a preview looks at the part, and a state other than
 * `declared` shows as a change of the resource, in `environment` under `foundVariable`. An `up` sets that variable to `declared`, and puts the
 * part right after the resource, even if the engine found nothing to change.
 *
 * @throws RunError if the look prints none of the states
 */
export function declareLooked<State extends string>(
  looked: Looked<State>,
  transport: Transport,
  options: MachineOptions,
): DeclaredLooked<State> {
  const { name, put, remove, environment, shown, foundVariable, declared, triggers } = looked;
  const onMachine = (work: (run: Run) => Promise<State>) => {
    const state = pulumi
      .output(environment)
      .apply((variables) => work((script) => runOnMachine(transport, script, variables, options)));
    // A secret variable makes the output secret, but a state is not a secret.
    return pulumi.unsecret(state);
  };
  const found = pulumi.runtime.isDryRun() ? onMachine((run) => look(looked, run)) : undefined;
  const resource = declareCommand(
    name,
    transport,
    {
      create: put,
      ...(remove !== undefined && { delete: remove }),
      environment: { ...environment, ...shown, [foundVariable]: found ?? declared },
      ...(triggers !== undefined && { triggers }),
    },
    options,
  );
  const state = found ?? pulumi.unsecret(resource.stdout).apply(() => onMachine((run) => putRight(looked, run)));
  return { resource, state };
}

async function look<State extends string>(looked: Looked<State>, run: Run): Promise<State> {
  return printedState(looked.states, await run(looked.look), looked.key, looked.what);
}

async function putRight<State extends string>(looked: Looked<State>, run: Run): Promise<State> {
  if (looked.putAgain === "always" || (await look(looked, run)) !== looked.declared) await run(looked.put);
  return looked.declared;
}
