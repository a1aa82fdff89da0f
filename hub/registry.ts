/** The FUNNEL-REGISTRY table that people read. Its counts are taken from the list that they count. */
import type { Route, RouteStatus } from "./routes.ts";
import { manifestUrls, type UrlSource } from "./urls.ts";

const COLUMNS = ["Path", "Event", "Status", "Canonical URL", "Funnel URL"] as const;

/** The table as Markdown, aligned, with a line of counts above it and a line feed at the end. */
export function funnelRegistry(manifest: UrlSource): string {
  const rows = manifest.routes.map((route) => row(manifest, route));
  const widths = COLUMNS.map((_title, column) =>
    Math.max(...[COLUMNS, ...rows].map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `|${widths.map((width) => "-".repeat(width + 2)).join("|")}|`;
  return `${[`# FUNNEL-REGISTRY`, "", counts(manifest.routes), "", line(COLUMNS), rule, ...rows.map(line)].join("\n")}\n`;
}

function row(manifest: UrlSource, route: Route): string[] {
  const urls = manifestUrls(manifest).filter((known) => known.route.path === route.path);
  const on = (host: string) => urls.find((known) => known.host === host)?.url ?? "-";
  return [route.path, route.title, route.status, on("canonical"), on("funnel")];
}

function counts(routes: readonly Route[]): string {
  const count = (status: RouteStatus) => routes.filter((route) => route.status === status).length;
  const routed = count("approved") + count("alias");
  return `${routed} routed paths: ${count("approved")} approved, ${count("alias")} alias. ${count("pending")} pending.`;
}
