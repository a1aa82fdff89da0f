import { registeredUrls } from "../urls/urls.ts";
import type { MapSource } from "./map-source.ts";
import type { Edge, Node } from "./mermaid.ts";

/** The ID of the handler's box. */
export const HUB_BOX = "hub";

/** The IDs of the numbers' boxes. */
export function numberIds(numbers: MapSource["numbers"]): string[] {
  return numberNodes(numbers).map(({ id }) => id);
}

/** An arrow from Twilio to the handler for each URL that a role has, over all numbers. */
export function webhookEdges(source: MapSource, role: "voiceUrl" | "smsUrl"): Edge[] {
  const urls = new Set(source.numbers.map(({ number }) => registeredUrls(source, number)[role]));
  return [...urls].map((url) => ({ from: "twilio", to: HUB_BOX, label: `${role} ${url}` }));
}

/** A rounded box for each number: `number0`, `number1`, … */
export function numberNodes(numbers: MapSource["numbers"]): Node[] {
  return numbers.map(({ name, number }, index) => ({ id: `number${index}`, lines: [name, number], shape: "end" }));
}

/** A box for each sibling handler: `sibling0`, `sibling1`, … */
export function siblingNodes(siblings: MapSource["siblings"]): Node[] {
  return siblings.map(({ name, port, services = [] }, index) => ({
    id: `sibling${index}`,
    lines: [name, ...(port === undefined ? services : [`:${port}`])],
  }));
}

/** The way over the funnel, from Twilio to the handler. */
export function fallbackEdges({ hosts }: Pick<MapSource, "hosts">): Edge[] {
  const label = hosts.funnel.registerFallback ? "fallback, registered" : "fallback, accepted but not registered";
  return [
    { from: "twilio", to: "funnel", label, isDashed: true },
    { from: "funnel", to: HUB_BOX, isDashed: true },
  ];
}
