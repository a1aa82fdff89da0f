import { registeredUrls } from "../urls/urls.ts";
import { fallbackEdges, HUB_BOX, numberIds, numberNodes, webhookEdges } from "./boxes.ts";
import type { MapSource } from "./map-source.ts";
import { mermaid } from "./mermaid.ts";

/** The way of a call, from the number to the agent (docs/domain.md#system-maps, voice-call-routing). */
export function callRouting(source: MapSource): string {
  const { numbers, hosts, handler, openclaw } = source;
  return mermaid({
    direction: "TD",
    nodes: [
      { id: "caller", lines: ["caller"], shape: "end" },
      ...numberNodes(numbers),
      { id: "twilio", lines: ["Twilio"] },
      { id: "funnel", lines: [hosts.funnel.url] },
      { id: HUB_BOX, lines: [`webhook handler :${handler.port}`] },
      { id: "check", lines: ["signed over one of the candidate URLs?"], shape: "question" },
      { id: "refused", lines: ["403"] },
      { id: "stored", lines: ["stored: Postgres, or the spool"] },
      { id: "said", lines: ["did the caller say something?"], shape: "question" },
      { id: "open", lines: ["business hours?"], shape: "question" },
      { id: "ask", lines: ["Gather: greeting, then asked again"] },
      { id: "dial", lines: ["Dial: the agent's number"] },
      { id: "closed", lines: ["Say: closed, Hangup"] },
      { id: "agent", lines: [`OpenClaw agent ${openclaw.agents.callRouting}`] },
    ],
    edges: [
      ...numberIds(numbers).flatMap((id) => [
        { from: "caller", to: id },
        { from: id, to: "twilio" },
      ]),
      ...webhookEdges(source, "voiceUrl"),
      ...fallbackEdges(source),
      { from: HUB_BOX, to: "check" },
      { from: "check", to: "refused", label: "no" },
      { from: "check", to: "stored", label: "yes" },
      { from: "stored", to: "said" },
      { from: "said", to: "ask", label: "no" },
      { from: "ask", to: "twilio", label: "next turn, on the same host" },
      { from: "said", to: "open", label: "yes" },
      { from: "open", to: "dial", label: "open" },
      { from: "open", to: "closed", label: "closed" },
      ...reports(source).map(([role, url]) => ({
        from: "dial",
        to: HUB_BOX,
        label: `${role} ${url}`,
        isDashed: true,
      })),
      { from: "stored", to: "agent", label: "outbox", isDashed: true },
    ],
  });
}

/** The events that Twilio reports after the call began, and their URLs. All numbers report to the same URLs. */
function reports(source: MapSource): [role: string, url: string][] {
  const [first] = source.numbers;
  if (first === undefined) return [];
  const { statusCallback, recordingStatusCallback } = registeredUrls(source, first.number);
  return Object.entries({ statusCallback, recordingStatusCallback });
}
