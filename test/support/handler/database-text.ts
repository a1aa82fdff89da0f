/** All rows of a database as one text, for searches. */
import { withDatabase } from "../../../tools/postgres/database-client.ts";

const TABLES = `
  select format('%I.%I', schemaname, tablename) as name from pg_tables
  where schemaname not in ('pg_catalog', 'information_schema')`;

/**
 * Returns every row of every table, except those of Postgres itself.
 *
 * @throws Error of `pg` if the database cannot be read, and Error if it has no row
 */
export function databaseText(databaseUrl: string): Promise<string> {
  return withDatabase(databaseUrl, async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(TABLES);
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      texts.push(...rows.map(({ row }) => row));
    }
    if (texts.length === 0) throw new Error("the database has no row, so a search of it could not fail");
    return texts.join("\n");
  });
}
