/** Measures what each attack does to the answers to signed webhooks, and to the handler's memory. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startPostgres } from "../../../tools/postgres/postgres.ts";
import { startBenchServer } from "../servers.ts";
import { openTables, type Tables } from "../tables.ts";
import { ATTACKS, type Attack } from "./attacks.ts";
import { type HonestResult, runHonestLoad } from "./honest-load.ts";

/** The measurement of an attack. */
export interface AttackResult extends HonestResult {
  /** The attack's name, or `none`. */
  readonly attack: string;
  /** The most memory that the handler's process took, in MB (resident set). */
  readonly memoryMb: number;
}

/** The time that an attack runs alone first, in milliseconds: 64 KiB at 20 KB/s take 3.2 s to arrive. */
const LEAD_MS = 4_000;

/**
 * Measures without an attack, and then under each. Every measurement has a handler of its own.
 *
 * @param seconds the time of the signed load
 * @param note called with a line about each measurement
 * @throws Error if an answered webhook is not stored exactly once
 */
export async function measureAttacks(seconds: number, note: (line: string) => void): Promise<AttackResult[]> {
  await using running = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-bench-"));
  running.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgres();
  running.defer(() => postgres.close());
  const databaseUrl = await postgres.createDatabase("bench_attack");
  const tables = await openTables(databaseUrl);
  running.defer(() => tables.close());
  const results: AttackResult[] = [];
  for (const attack of [undefined, ...ATTACKS]) {
    const spoolFile = join(folder, `${results.length}.spool`);
    const result = await measureAttack({ attack, seconds, tables, args: [databaseUrl, spoolFile] });
    note(`${result.attack}: p99 ${result.p99.toFixed(0)} ms, ${result.memoryMb.toFixed(0)} MB`);
    results.push(result);
  }
  return results;
}

interface Measurement {
  readonly attack: Attack | undefined;
  readonly seconds: number;
  readonly tables: Tables;
  readonly args: readonly string[];
}

async function measureAttack({ attack, seconds, tables, args }: Measurement): Promise<AttackResult> {
  await using running = new AsyncDisposableStack();
  await tables.reset();
  const server = await startBenchServer("hub", args);
  running.defer(() => server.close());
  if (attack !== undefined) {
    running.use(startAttacker(server.port, attack));
    await sleep(LEAD_MS);
  }
  const honest = await runHonestLoad(server.port, seconds);
  if (honest.answered === honest.sent) await tables.requireExactly(honest.answered);
  const memoryMb = (await server.peakMemory()) / 1e6;
  return { attack: attack?.name ?? "none", ...honest, memoryMb };
}

function startAttacker(port: number, { name }: Attack): AsyncDisposable {
  const child = spawn(process.execPath, [join(import.meta.dirname, "attacker.ts"), String(port), name], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  return {
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) throw new Error(`the attacker "${name}" ended with status ${child.exitCode}`);
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}
