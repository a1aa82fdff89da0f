import type { SenderGate, SenderGates } from "./gates-on.ts";
import { senderKind } from "./sender-kind.ts";

/**
 * The gate of any sender. One that is not a number of the hub, spelled as in the config, is shut: WhatsApp has no approval yet, and a short code or a
 * messaging service has none of its own.
 *
 * @param sender a number in E.164, or anything else that could stand in its place
 */
export function gateOf(gates: SenderGates, sender: string): SenderGate {
  const gate = Object.hasOwn(gates, sender) ? gates[sender] : undefined;
  if (gate !== undefined) return gate;
  const kind = senderKind(sender);
  const reason =
    kind === "whatsapp" ? "WhatsApp has no approval" : "it is not one of the stack's numbers (hub:numbers)";
  return { kind, open: false, reasons: [reason] };
}
