import { callRouting } from "./call-routing.ts";
import type { MapSource } from "./map-source.ts";
import { textFlow } from "./text-flow.ts";
import { integrationTopology } from "./topology.ts";

/**
 * The page of the system maps, Markdown with a line feed at the end.
 *
 * @param origin the config file that the maps were drawn from
 */
export function mapsPage(source: MapSource, origin: string): string {
  return `# System maps

The three maps that the [domain document](domain.md#system-maps) names, drawn from the route table and \`${origin}\` by \`npm run maps\`. Do not edit
this page: change the config or \`hub/maps/\`, then run the command. A solid arrow is a step that the caller waits for. A dashed one happens later, or
only on the fallback.

## Integrations

${fenced(integrationTopology(source))}

## The way of a call

${fenced(callRouting(source))}

## The way of a text

${fenced(textFlow(source))}
`;
}

function fenced(map: string): string {
  return `\`\`\`mermaid\n${map}\`\`\``;
}
