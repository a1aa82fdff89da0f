import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { type LocalPostgres, startPostgres } from "../postgres.ts";

/** The demo's database. */
export interface DemoDatabase {
  readonly url: string;
  readonly postgres: LocalPostgres;
  /** The first row of a query, its columns joined by a comma. */
  row(sql: string): Promise<string>;
  /** Waits until the first row of a query is as expected, for ten seconds at most, and gives what it is. */
  settled(sql: string, expected: string): Promise<string>;
}

const PATIENCE_MS = 10_000;

/** Starts a Postgres with the project's migrations in it. */
export async function startDemoDatabase(): Promise<DemoDatabase> {
  const postgres = await startPostgres();
  const url = await postgres.createDatabase("hub");
  const row = (sql: string) => firstRow(url, sql);
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

async function firstRow(connectionString: string, sql: string): Promise<string> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
    return (rows[0] ?? []).join(", ");
  } finally {
    await client.end();
  }
}
