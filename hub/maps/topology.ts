import { fallbackEdges, HUB_BOX, numberIds, numberNodes, siblingNodes } from "./boxes.ts";
import type { MapSource } from "./map-source.ts";
import { mermaid } from "./mermaid.ts";

/** Every system that the hub talks to (docs/domain.md#system-maps, vm-integrations-overview). */
export function integrationTopology(source: MapSource): string {
  const { hosts, handler, numbers, siblings, openclaw } = source;
  const { callRouting, textsAndCallbacks } = openclaw.agents;
  return mermaid({
    direction: "LR",
    nodes: [
      ...numberNodes(numbers),
      { id: "twilio", lines: ["Twilio"] },
      { id: "tunnel", lines: ["Cloudflare Tunnel", hostOf(hosts.canonical.url)] },
      { id: "funnel", lines: ["Tailscale Funnel", hostOf(hosts.funnel.url), hosts.funnel.mounts.join(", ")] },
      { id: HUB_BOX, lines: [`webhook handler :${handler.port}`, `PM2: ${handler.process}`] },
      ...siblingNodes(siblings),
      { id: "postgres", lines: ["Postgres", "omni_events, twilio_calls, twilio_sms"] },
      { id: "spool", lines: ["spool on disk"] },
      { id: "openclaw", lines: ["OpenClaw gateway", `agents: ${callRouting}, ${textsAndCallbacks}`] },
      { id: "recordings", lines: ["Supabase Storage", "recordings"] },
      { id: "discord", lines: ["Discord: ops"] },
      { id: "vault", lines: ["1Password"] },
    ],
    edges: [
      ...numberIds(numbers).map((id) => ({ from: id, to: "twilio" })),
      { from: "twilio", to: "tunnel", label: "signed POST" },
      { from: "tunnel", to: HUB_BOX },
      ...fallbackEdges(source),
      ...siblings.map((_sibling, index) => ({ from: "tunnel", to: `sibling${index}`, label: "its own rules" })),
      { from: HUB_BOX, to: "postgres", label: "one transaction" },
      { from: HUB_BOX, to: "spool", label: "if the database is away", isDashed: true },
      { from: HUB_BOX, to: "openclaw", label: "events", isDashed: true },
      { from: HUB_BOX, to: "recordings", label: "recordings", isDashed: true },
      { from: HUB_BOX, to: "discord", label: "alerts", isDashed: true },
      { from: HUB_BOX, to: "twilio", label: "calls", isDashed: true },
      { from: "vault", to: HUB_BOX, label: "secrets at start" },
    ],
  });
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}
