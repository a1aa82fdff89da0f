/** The mounts of the Tailscale Funnel on the handler's machine. */
import * as pulumi from "@pulumi/pulumi";
import type { Hosts } from "../../hub/config/keys.ts";
import type { Transport } from "../../hub/config/transport.ts";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import type { Manifest } from "../../hub/manifest.ts";
import {
  FUNNEL_STATES,
  type FunnelState,
  LOOK_AT_FUNNEL,
  REMOVE_FUNNEL,
  SET_FUNNEL,
} from "../../hub/scripts/set-funnel.ts";
import { declareCommand, type MachineOptions, printedState, runOnMachine } from "./transport.ts";

const DECLARED: FunnelState = "as declared";

/**
 * Whether the stack sets the mounts: only where they are declared to deliver a path whole, since a mount that the stack sets does. While nobody
 * has probed the funnel it is left as it was set by hand.
 */
export function isFunnelManaged({ prefix }: Pick<Hosts["funnel"], "prefix">): boolean {
  return prefix === "whole";
}

/**
 * Declares the mounts, where the stack sets them. A preview looks at the machine, and shows mounts that are not as declared as a change of the
 * resource (`environment.HUB_FUNNEL_FOUND`); an `up` sets them whatever the state says, and takes away those that lead to the handler and are no longer
 * declared. Other mounts on the machine are left alone.
 */
export function declareFunnel(
  { hosts, handler }: Pick<Manifest, "hosts" | "handler">,
  transport: Transport,
  options: MachineOptions,
): void {
  if (!isFunnelManaged(hosts.funnel)) return;
  const environment = {
    HUB_FUNNEL_HOST: new URL(hosts.funnel.url).hostname,
    HUB_FUNNEL_MOUNTS: [...hosts.funnel.mounts].sort().join(" "),
    HUB_FUNNEL_TARGET: `http://127.0.0.1:${handler.port}`,
  };
  const run = (script: string) => runOnMachine(transport, script, environment, options);
  const found = pulumi.runtime.isDryRun()
    ? run(LOOK_AT_FUNNEL).then((printed) => printedState(FUNNEL_STATES, printed, "hub:hosts.funnel", "the funnel"))
    : DECLARED;
  const funnel = declareCommand(
    COMMAND_NAMES.funnel,
    transport,
    {
      create: SET_FUNNEL,
      delete: REMOVE_FUNNEL,
      // What a preview found is compared with what an `up` leaves; the script does not read it.
      environment: { ...environment, HUB_FUNNEL_FOUND: found },
    },
    // Mounts change in place. Another machine is a new resource, and a new name of the same machine looks like one: what the old resource takes away
    // must be away before the new one sets it.
    { ...options, deleteBeforeReplace: true },
  );
  if (!pulumi.runtime.isDryRun()) funnel.stdout.apply(() => run(SET_FUNNEL));
}
