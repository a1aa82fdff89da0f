/** The report of the attacks. */
import type { AttackResult } from "./measure-attacks.ts";

/** The goals under every attack. */
export const ATTACK_GOALS = { p99: 1_000, memoryMb: 300 } as const;

/** Whether every signed webhook was answered, in time, and the handler took no more memory than allowed. */
export function isHeld({ sent, answered, p99, memoryMb }: AttackResult): boolean {
  return answered === sent && p99 < ATTACK_GOALS.p99 && memoryMb < ATTACK_GOALS.memoryMb;
}

/** Writes a table in Markdown, with a line for each attack. */
export function attackReport(results: readonly AttackResult[]): string {
  const head = "| attack | answered | p50 ms | p99 ms | memory MB | goals |\n| --- | --- | --- | --- | --- | --- |";
  return [head, ...results.map(row)].join("\n");
}

function row(result: AttackResult): string {
  const { attack, sent, answered, p50, p99, memoryMb } = result;
  const numbers = [p50, p99, memoryMb].map((number) => number.toFixed(0));
  return `| ${[attack, `${answered} of ${sent}`, ...numbers, isHeld(result) ? "met" : "NOT MET"].join(" | ")} |`;
}
