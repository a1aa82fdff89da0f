/** Which agent is told of an event. */
import type { Manifest } from "../../hub/manifest.ts";

/** The gateway's names of the agents, as the config gives them. */
export type Agents = Manifest["openclaw"]["agents"];

/**
 * The agent for an event: an inbound call is to be routed, everything else belongs to texts and calling back, a call that the hub placed too.
 *
 * @param kind as `toldKind` gives it
 */
export function agentFor(kind: string, agents: Agents): string {
  return kind === "inbound-call" ? agents.callRouting : agents.textsAndCallbacks;
}
