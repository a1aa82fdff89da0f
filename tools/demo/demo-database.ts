import { setTimeout as sleep } from "node:timers/promises";
import { firstRow } from "../postgres/database-client.ts";
import { type LocalPostgres, startPostgres } from "../postgres/postgres.ts";

/** The demo's database. */
export interface DemoDatabase {
  readonly url: string;
  readonly postgres: LocalPostgres;
  /** The first row of a query, its columns joined by `, `. */
  row(sql: string): Promise<string>;
  /** Waits until the first row of a query is as expected, for ten seconds at most, and returns the row that it last found. */
  settled(sql: string, expected: string): Promise<string>;
}

const PATIENCE_MS = 10_000;

/** Starts a Postgres with the project's migrations applied. */
export async function startDemoDatabase(): Promise<DemoDatabase> {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase("hub");
  const row = async (sql: string) => (await firstRow(url, sql)).join(", ");
  const settled = async (sql: string, expected: string) => {
    const end = Date.now() + PATIENCE_MS;
    let found = await row(sql);
    while (found !== expected && Date.now() < end) {
      await sleep(50);
      found = await row(sql);
    }
    return found;
  };
  return { url, postgres, row, settled };
}
