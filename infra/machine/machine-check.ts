import type * as command from "@pulumi/command";
import { serviceUser, type Transport } from "../../hub/config/transport.ts";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import { CHECK_MACHINE } from "../../hub/scripts/check-machine.ts";
import { isFunnelManaged } from "./funnel.ts";
import { declareCommand, type MachineOptions } from "./transport.ts";

interface MachineCheckArgs {
  readonly transport: Transport;
  /** The folder of all releases. */
  readonly releases: string;
  readonly funnel: Parameters<typeof isFunnelManaged>[0];
}

/**
 * Declares the check of the handler's machine, before anything is written there. If something is missing, an `up` stops here and lists it. The
 * check runs once, and again if the machine or the requirements change.
 */
export function declareMachineCheck(
  { transport, releases, funnel }: MachineCheckArgs,
  options: MachineOptions,
): command.local.Command {
  const environment = {
    HUB_FUNNEL: isFunnelManaged(funnel) ? "managed" : "by hand",
    HUB_RELEASES: releases,
    HUB_USER: serviceUser(transport),
  };
  return declareCommand(COMMAND_NAMES.machineCheck, transport, { create: CHECK_MACHINE, environment }, options);
}
