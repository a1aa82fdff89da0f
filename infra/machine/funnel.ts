/** The mounts of the Tailscale Funnel on the handler's machine. */
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
import { declareLooked } from "./looked.ts";
import type { MachineOptions } from "./transport.ts";

/**
 * Whether the stack sets the mounts. It does so only if they are declared to deliver a path whole, because a mount that the stack sets does.
 * A funnel that is not probed yet stays as it was set by hand.
 */
export function isFunnelManaged({ prefix }: Pick<Hosts["funnel"], "prefix">): boolean {
  return prefix === "whole";
}

/**
 * Declares the mounts if the stack sets them. Every `up` sets them, and removes those that lead to the handler but are not declared. It leaves
 * all other mounts of the machine alone.
 */
export function declareFunnel(
  { hosts, handler }: Pick<Manifest, "hosts" | "handler">,
  transport: Transport,
  options: MachineOptions,
): void {
  if (!isFunnelManaged(hosts.funnel)) return;
  declareLooked<FunnelState>(
    {
      name: COMMAND_NAMES.funnel,
      look: LOOK_AT_FUNNEL,
      put: SET_FUNNEL,
      putAgain: "always",
      remove: REMOVE_FUNNEL,
      environment: {
        HUB_FUNNEL_HOST: new URL(hosts.funnel.url).hostname,
        HUB_FUNNEL_MOUNTS: [...hosts.funnel.mounts].sort().join(" "),
        HUB_FUNNEL_TARGET: `http://127.0.0.1:${handler.port}`,
      },
      foundVariable: "HUB_FUNNEL_FOUND",
      states: FUNNEL_STATES,
      declared: "as declared",
      key: "hub:hosts.funnel",
      what: "the funnel",
    },
    transport,
    // Mounts change in place. A machine that is only renamed looks like another one: the old resource must remove its mounts before the new
    // one sets them.
    { ...options, deleteBeforeReplace: true },
  );
}
