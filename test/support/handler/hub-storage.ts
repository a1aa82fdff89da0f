/** Real storage for the tests of the handler: its own Postgres with the project's tables, and a spool file. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { createDrain } from "../../../handlers/drain/drain.ts";
import { openSpool, type Spool } from "../../../handlers/spool/spool.ts";
import { connectDatabase } from "../../../handlers/storage/database.ts";
import { createStore, STORE_CONNECTIONS, type Store } from "../../../handlers/storage/store.ts";
import { type LocalPostgres, startPostgres } from "../../../tools/postgres/postgres.ts";

/** The storage. `close` removes it. */
export interface HubStorage {
  readonly postgres: LocalPostgres;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly spoolFile: string;
  readonly spool: Spool;
  readonly store: Store;
  /** Another store of the same database and spool file, as a second process or a new start has one. It opens the file itself. */
  newStore(): Store;
  /** A round of the drain: whether there is more to write now. */
  drain(): Promise<boolean>;
  /** Runs a query, and returns the first column of its first row as a number. */
  count(sql: string): Promise<number>;
  close(): Promise<void>;
}

/** Starts the storage. */
export async function startHubStorage(): Promise<HubStorage> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-storage-"));
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase("hub");
  const pool = connectDatabase(databaseUrl, STORE_CONNECTIONS);
  const spoolFile = join(folder, "spool.sqlite");
  const spool = openSpool(spoolFile);
  const opened: Spool[] = [spool];
  const newStore = () => {
    const own = openSpool(spoolFile);
    opened.push(own);
    return createStore({ pool, spool: own });
  };
  const close = async () => {
    for (const file of opened) file.close();
    await pool.end();
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  };
  const count = async (sql: string) => {
    const { rows } = await pool.query<[unknown]>({ text: sql, rowMode: "array" });
    return Number(rows[0]?.[0]);
  };
  const store = createStore({ pool, spool });
  const { round: drain } = createDrain({ pool, spool, store });
  return { postgres, databaseUrl, pool, spoolFile, spool, store, newStore, drain, count, close };
}
