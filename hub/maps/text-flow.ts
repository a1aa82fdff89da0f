import { fallbackEdges, HUB_BOX, numberIds, numberNodes, siblingNodes, webhookEdges } from "./boxes.ts";
import type { MapSource } from "./map-source.ts";
import { mermaid } from "./mermaid.ts";

/** The handlers that share the texting envelope with the hub (docs/domain.md#sms-carrier-cluster). */
const TEXTING_SIBLINGS = ["openphone-quo", "salesmsg"];

/** The way of an inbound text, and the gate of an outbound one (docs/domain.md#system-maps, sms-inbound-flow). */
export function textFlow(source: MapSource): string {
  const { numbers, hosts, handler, openclaw, gate } = source;
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
      { id: "gate", lines: ["10DLC gate", ...(gate.open ? ["open"] : ["shut", ...gate.reasons])], shape: "question" },
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
      { from: "agent", to: "gate", label: "a reply", isDashed: true },
      {
        from: "gate",
        to: "twilio",
        label: gate.open ? "then the five pre-send gates" : "nothing passes",
        isDashed: true,
      },
      ...siblings.map((_sibling, index) => ({
        from: `sibling${index}`,
        to: "gate",
        label: "share its envelope",
        isDashed: true,
      })),
    ],
  });
}
