/** Everything that a run needs: one Postgres, a database for each server that stores webhooks, and the servers. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "../../tools/postgres/postgres.ts";
import type { ByServer, Subject } from "./measure.ts";
import { type ServerName, startBenchServer } from "./servers.ts";
import { openTables } from "./tables.ts";

/** The running servers. */
export interface Stage {
  readonly subjects: ByServer<Subject>;
  postgresVersion(): Promise<string>;
}

/** Starts everything, uses it, and stops it again, even after an error. */
export async function withStage<Result>(use: (stage: Stage) => Promise<Result>): Promise<Result> {
  await using running = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-bench-"));
  running.defer(() => rm(folder, { recursive: true, force: true }));
  const postgres = await startPostgres();
  running.defer(() => postgres.close());

  async function storing(name: "hub" | "usual"): Promise<Required<Subject>> {
    const databaseUrl = await postgres.createDatabase(`bench_${name}`);
    const tables = await openTables(databaseUrl);
    running.defer(() => tables.close());
    return { port: await started(name, databaseUrl, join(folder, `${name}.spool`)), tables };
  }

  async function started(name: ServerName, ...args: string[]): Promise<number> {
    const server = await startBenchServer(name, args);
    running.defer(() => server.close());
    return server.port;
  }

  const hub = await storing("hub");
  const usual = await storing("usual");
  const bare = { port: await started("bare") };
  return await use({ subjects: { hub, usual, bare }, postgresVersion: () => hub.tables.postgresVersion() });
}
