/** The FUNNEL-REGISTRY table for people, with the numbers that may text. Its counts are derived from its list. */

import type { Senders } from "../config/parse.ts";
import { gateOf } from "../gate/gate-of.ts";
import { REGISTRATIONS } from "../gate/sender-kind.ts";
import type { Route, RouteStatus } from "./routes.ts";
import { type HostName, type HttpsUrl, manifestUrls, type UrlSource } from "./urls.ts";

const COLUMNS = ["Path", "Event", "Status", "Canonical URL", "Funnel URL"] as const;

/** A line of the table. A URL is null if the host does not deliver the path. */
export interface RegistryRow {
  readonly path: string;
  readonly event: string;
  readonly status: RouteStatus;
  readonly canonicalUrl: HttpsUrl | null;
  readonly funnelUrl: HttpsUrl | null;
}

/** The lines of the table, in the order of the route table. */
export function registryRows(manifest: UrlSource): RegistryRow[] {
  const urls = manifestUrls(manifest);
  return manifest.routes.map(({ path, title, status }) => {
    const on = (host: HostName) => urls.find((known) => known.route.path === path && known.host === host)?.url ?? null;
    return { path, event: title, status, canonicalUrl: on("canonical"), funnelUrl: on("funnel") };
  });
}

/** The table as aligned Markdown, with a line of counts above it, a line for each number below it, and a line feed at the end. */
export function funnelRegistry(manifest: UrlSource, senders: Senders): string {
  const rows = registryRows(manifest).map((row) => [
    row.path,
    row.event,
    row.status,
    row.canonicalUrl ?? "-",
    row.funnelUrl ?? "-",
  ]);
  const widths = COLUMNS.map((_title, column) =>
    Math.max(...[COLUMNS, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  const table = [line(COLUMNS), rule, ...rows.map(line)];
  return `${["# FUNNEL-REGISTRY", "", counts(manifest.routes), "", ...table, "", ...textLines(senders)].join("\n")}\n`;
}

function textLines({ numbers, gates }: Senders): string[] {
  return numbers.map(({ name, number }) => {
    const gate = gateOf(gates, number);
    const state = gate.open ? "may text" : `may not text: ${gate.reasons.join("; ")}`;
    return `- ${name} ${number} (${REGISTRATIONS[gate.kind]}) ${state}`;
  });
}

function counts(routes: readonly Route[]): string {
  const count = (status: RouteStatus) => routes.filter((route) => route.status === status).length;
  const routed = count("approved") + count("alias");
  return `${routed} routed paths: ${count("approved")} approved, ${count("alias")} alias. ${count("pending")} pending.`;
}
