import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Authorisation } from "../../hub/config/authorisation.ts";
import type { Transport } from "../../hub/config/transport.ts";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import {
  AUTHORISATION_STATES,
  type AuthorisationState,
  LOOK_AT_AUTHORISATION,
} from "../../hub/scripts/authorisation-note.ts";
import { KEEP_RUNNING, RESTART_SCRIPT } from "../../hub/scripts/restart.ts";
import { hexDigits } from "../../hub/values/canonical-json.ts";
import { declareCommand, type MachineOptions, printedState, runOnMachine } from "./transport.ts";

const CARRIED_OUT: AuthorisationState = "carried out";

interface RestartArgs {
  readonly transport: Transport;
  readonly authorisation: Authorisation;
  /** The folder of all releases. */
  readonly releases: string;
  /** The handler's name in PM2. */
  readonly process: string;
}

/** A restart, and the machine's state of the authorisation that allows it. */
export interface DeclaredRestart {
  readonly resource: command.local.Command;
  /** Read from the machine in a preview. In an `up` it is known once the restart is done. */
  readonly authorisation: pulumi.Output<AuthorisationState>;
}

/**
 * Declares the restart that an authorisation allows. A new authorisation is a new restart; each authorisation runs once. A new text of the script
 * restarts nothing. The authorisation may name an earlier release that is still on the machine.
 */
export function declareRestart(
  { transport, authorisation, releases, process }: RestartArgs,
  options: MachineOptions,
): DeclaredRestart {
  const { release, by, on } = authorisation;
  const environment = restartVariables({ authorisation, releases, process });
  const resource = declareCommand(
    COMMAND_NAMES.restart,
    transport,
    { create: RESTART_SCRIPT, update: KEEP_RUNNING, environment, triggers: [release, by, on] },
    options,
  );
  const look = async () => {
    const printed = await runOnMachine(transport, LOOK_AT_AUTHORISATION, environment, options);
    return printedState(AUTHORISATION_STATES, printed, "hub:authorisation", "it");
  };
  const state = pulumi.runtime.isDryRun() ? pulumi.output(look()) : resource.id.apply(() => CARRIED_OUT);
  return { resource, authorisation: state };
}

/** The variables of the restart, and of each look at its authorisation. */
export function restartVariables({
  authorisation: { release, by, on },
  releases,
  process,
}: Pick<RestartArgs, "authorisation" | "releases" | "process">) {
  return {
    HUB_AUTHORISED_BY: by,
    HUB_AUTHORISED_ON: on,
    HUB_PROCESS: process,
    HUB_RELEASE: hexDigits(release),
    HUB_RELEASES: releases,
  };
}

/**
 * The action that a person must take, in words: to authorise the staged release, or `nothing`.
 *
 * @param digest the staged release's digest
 */
export function waitingFor(
  digest: string,
  authorisation: Authorisation | undefined,
  { owners, stack }: { readonly owners: readonly string[]; readonly stack: string },
): string {
  if (authorisation?.release === digest) return "nothing";
  const names = owners.join(", ");
  return `${digest} waits for an authorisation by one of ${names} (npm run authorise -- --stack ${stack} --by NAME)`;
}
