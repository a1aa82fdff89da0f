/** The FUNNEL-REGISTRY table for people. Its counts are derived from its list. */

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

/** The table as aligned Markdown, with a line of counts above it and a line feed at the end. */
export function funnelRegistry(manifest: UrlSource): string {
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
  return `${[`# FUNNEL-REGISTRY`, "", counts(manifest.routes), "", line(COLUMNS), rule, ...rows.map(line)].join("\n")}\n`;
}

function counts(routes: readonly Route[]): string {
  const count = (status: RouteStatus) => routes.filter((route) => route.status === status).length;
  const routed = count("approved") + count("alias");
  return `${routed} routed paths: ${count("approved")} approved, ${count("alias")} alias. ${count("pending")} pending.`;
}
