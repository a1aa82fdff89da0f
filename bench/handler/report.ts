/** The report of the benchmark: the numbers, their ratios, and whether the goals are met. */
import type { ByServer, Measured } from "./measure.ts";
import type { ServerName } from "./servers.ts";

/** The measurements at a number of connections. */
export interface Level {
  readonly connections: number;
  readonly servers: ByServer<Measured>;
}

/** The hub's goals at a number of connections, as ratios to the usual way. */
export interface Goal {
  readonly connections: number;
  /** At least. */
  readonly requestsPerSecond: number;
  /** At most. */
  readonly p99: number;
}

export const GOALS: readonly Goal[] = [
  { connections: 16, requestsPerSecond: 3, p99: 1 / 2 },
  { connections: 64, requestsPerSecond: 6, p99: 1 / 5 },
];

/** The ratios between a level's servers. */
export interface Ratios {
  readonly hubToUsual: { readonly requestsPerSecond: number; readonly p99: number };
  readonly hubToBare: { readonly requestsPerSecond: number };
}

/** Returns the ratios of the medians. */
export function ratiosOf({ servers: { hub, usual, bare } }: Level): Ratios {
  const ratio = (to: Measured, of: "requestsPerSecond" | "p99") => hub.median[of] / to.median[of];
  return {
    hubToUsual: { requestsPerSecond: ratio(usual, "requestsPerSecond"), p99: ratio(usual, "p99") },
    hubToBare: { requestsPerSecond: ratio(bare, "requestsPerSecond") },
  };
}

/** Whether a level meets a goal. */
export function isMet(goal: Goal, level: Level): { readonly requestsPerSecond: boolean; readonly p99: boolean } {
  const { hubToUsual } = ratiosOf(level);
  return {
    requestsPerSecond: hubToUsual.requestsPerSecond >= goal.requestsPerSecond,
    p99: hubToUsual.p99 <= goal.p99,
  };
}

const HEADINGS = ["connections", "server", "req/s", "p50 ms", "p99 ms", "load busy", "hub/this req/s", "hub/this p99"];

/** Writes the table of all levels, and a line for each goal. */
export function reportText(levels: readonly Level[]): string {
  const rows = levels.flatMap((level) => [
    serverRow(level, "hub"),
    serverRow(level, "usual"),
    serverRow(level, "bare"),
  ]);
  const goals = levels.flatMap((level) =>
    GOALS.filter(({ connections }) => connections === level.connections).flatMap((goal) => goalLines(goal, level)),
  );
  return [...aligned([HEADINGS, ...rows]), "", ...goals].join("\n");
}

function serverRow({ connections, servers }: Level, name: ServerName): string[] {
  const { requestsPerSecond, p50, p99, loadBusy } = servers[name].median;
  const hub = servers.hub.median;
  const ratios =
    name === "hub"
      ? ["", ""]
      : [hub.requestsPerSecond / requestsPerSecond, hub.p99 / p99].map((ratio) => ratio.toFixed(2));
  const numbers = [requestsPerSecond.toFixed(0), p50.toFixed(1), p99.toFixed(1), `${(loadBusy * 100).toFixed(0)} %`];
  return [String(connections), name, ...numbers, ...ratios];
}

function goalLines(goal: Goal, level: Level): string[] {
  const { hubToUsual } = ratiosOf(level);
  const met = isMet(goal, level);
  const line = (isGoalMet: boolean, text: string) =>
    `${isGoalMet ? "met    " : "NOT MET"} at ${goal.connections} connections: ${text}`;
  return [
    line(
      met.requestsPerSecond,
      `${hubToUsual.requestsPerSecond.toFixed(2)} times the usual way's req/s, goal at least ${goal.requestsPerSecond}`,
    ),
    line(met.p99, `${hubToUsual.p99.toFixed(2)} times its p99, goal at most ${goal.p99.toFixed(2)}`),
  ];
}

/** Aligns the first two columns to the left and the numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}
