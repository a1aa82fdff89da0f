/** Faults of a database under load. Each lasts for about half a second, and leaves the database as it was. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { withDatabase } from "../../../tools/postgres/database-client.ts";
import type { LocalPostgres } from "../../../tools/postgres/postgres.ts";

/** How long a fault lasts, in milliseconds. */
const LASTS_MS = 500;

/** A fault: it begins, lasts and is over when the promise resolves. */
export type DatabaseFault = () => Promise<void>;

/** The faults of a database, by name. */
export function databaseFaults(postgres: LocalPostgres, databaseUrl: string): Readonly<Record<string, DatabaseFault>> {
  const connected = (use: (client: pg.Client) => Promise<unknown>) => async () => {
    await withDatabase(databaseUrl, use);
  };
  /** Runs a statement, waits, and runs the statement that undoes it. */
  const between = (begin: string, end: string) =>
    connected(async (client) => {
      await client.query(begin);
      await sleep(LASTS_MS);
      await client.query(end);
    });
  return {
    "the server is stopped": async () => {
      await postgres.stop();
      await sleep(LASTS_MS);
      await postgres.start();
    },
    "every connection is cut": connected((client) =>
      client.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'twilio-hub'"),
    ),
    "rows are locked": connected(async (client) => {
      await client.query("begin");
      await client.query("select 1 from public.twilio_calls order by random() limit 50 for update");
      await sleep(LASTS_MS);
      await client.query("rollback");
    }),
    "a table is locked": connected(async (client) => {
      await client.query("begin");
      await client.query("lock table public.omni_events in exclusive mode");
      await sleep(LASTS_MS);
      await client.query("rollback");
    }),
    "a wrong migration refuses every row": between(
      "alter table public.omni_events add constraint of_a_wrong_migration check (false) not valid",
      "alter table public.omni_events drop constraint of_a_wrong_migration",
    ),
    "a table is missing": between(
      "alter table public.processed_webhook_events rename to taken_away",
      "alter table public.taken_away rename to processed_webhook_events",
    ),
  };
}
