import { gateOf } from "../gate/gate-of.ts";
import type { SenderGate } from "../gate/gates-on.ts";
import { REGISTRATIONS } from "../gate/sender-kind.ts";
import { fallbackEdges, HUB_BOX, numberIds, numberNodes, siblingNodes, webhookEdges } from "./boxes.ts";
import type { MapSource } from "./map-source.ts";
import { mermaid, type Node } from "./mermaid.ts";

/** The handlers that share the texting envelope with the hub (docs/domain.md#sms-carrier-cluster). */
const TEXTING_SIBLINGS = ["openphone-quo", "salesmsg"];

/** The way of an inbound text, and the gate of an outbound one for each number (docs/domain.md#system-maps, sms-inbound-flow). */
export function textFlow(source: MapSource): string {
  const { numbers, hosts, handler, openclaw } = source;
  const gates = numbers.map(({ name, number }, index) => ({
    id: `gate${index}`,
    name,
    gate: gateOf(source.gates, number),
  }));
  const siblings = source.siblings.filter(({ name }) => TEXTING_SIBLINGS.includes(name));
  return mermaid({
    direction: "TD",
    nodes: [
      { id: "sender", lines: ["sender"], shape: "end" },
      ...numberNodes(numbers),
      { id: "twilio", lines: ["Twilio"] },
      { id: "funnel", lines: [hosts.funnel.url] },
      { id: HUB_BOX, lines: [`webhook handler :${handler.port}`] },
      { id: "stored", lines: ["omni_events and twilio_sms, or the spool"] },
      { id: "silent", lines: ["TwiML without a Message"] },
      { id: "gateway", lines: ["OpenClaw gateway"] },
      { id: "agent", lines: [`agent ${openclaw.agents.textsAndCallbacks}`] },
      ...gates.map(gateNode),
      ...siblingNodes(siblings),
    ],
    edges: [
      ...numberIds(numbers).flatMap((id) => [
        { from: "sender", to: id },
        { from: id, to: "twilio" },
      ]),
      ...webhookEdges(source, "smsUrl"),
      ...fallbackEdges(source),
      { from: HUB_BOX, to: "stored", label: "signature verified" },
      { from: "stored", to: "silent" },
      { from: "stored", to: "gateway", label: "outbox, at least once", isDashed: true },
      { from: "gateway", to: "agent" },
      ...gates.flatMap(({ id, gate }) => [
        { from: "agent", to: id, label: "a reply", isDashed: true },
        {
          from: id,
          to: "twilio",
          label: gate.open ? "then the five pre-send gates" : "nothing passes",
          isDashed: true,
        },
      ]),
      ...siblings.flatMap((_sibling, index) =>
        gates
          .filter(({ gate }) => gate.kind === "local")
          .map(({ id }) => ({ from: `sibling${index}`, to: id, label: "share its envelope", isDashed: true })),
      ),
    ],
  });
}

function gateNode({ id, name, gate }: { readonly id: string; readonly name: string; readonly gate: SenderGate }): Node {
  const title = `gate of ${name}: ${REGISTRATIONS[gate.kind]}`;
  return { id, lines: [title, ...(gate.open ? ["open"] : ["shut", ...gate.reasons])], shape: "question" };
}
