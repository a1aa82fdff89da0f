/** Applies the project's migrations to a database, as `supabase db push` does. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { PROJECT } from "../cli/paths.ts";
import { withDatabase } from "./database-client.ts";

const MIGRATIONS = join(PROJECT, "supabase", "migrations");

/**
 * Applies the missing migrations in the order of their versions, each in a transaction of its own. The applied ones are recorded in the Supabase
 * CLI's table, so either tool can continue where the other stopped.
 *
 * @throws Error naming the migration that failed; neither it nor a later one is applied then
 */
export async function migrate(databaseUrl: string): Promise<void> {
  await withDatabase(databaseUrl, async (client) => {
    await client.query(`
      create schema if not exists supabase_migrations;
      create table if not exists supabase_migrations.schema_migrations (version text primary key, statements text[], name text);`);
    for (const file of (await readdir(MIGRATIONS)).sort()) await apply(client, file);
  });
}

async function apply(client: pg.Client, file: string): Promise<void> {
  const [, version, name] = /^(\d{14})_(\w+)\.sql$/.exec(file) ?? [];
  if (version === undefined)
    throw new Error(`${join(MIGRATIONS, file)}: expected a name like 20261122000000_tables.sql`);
  const sql = await readFile(join(MIGRATIONS, file), "utf8");
  await client.query("begin");
  try {
    const { rowCount } = await client.query(
      "insert into supabase_migrations.schema_migrations values ($1, $2, $3) on conflict do nothing",
      [version, [sql], name],
    );
    if (rowCount === 1) await client.query(sql);
    await client.query("commit");
  } catch (cause) {
    await client.query("rollback");
    throw new Error(`${join(MIGRATIONS, file)}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
