import pg from "pg";

/**
 * Uses one connection to a database, and closes it.
 *
 * @throws what `use` throws, or Error of `pg` where the database cannot be reached
 */
export async function withDatabase<Result>(
  databaseUrl: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/**
 * The first row of a query, its columns in their order; empty where there is none.
 *
 * @throws Error of `pg`
 */
export function firstRow(databaseUrl: string, sql: string): Promise<readonly unknown[]> {
  return withDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
    return rows[0] ?? [];
  });
}
