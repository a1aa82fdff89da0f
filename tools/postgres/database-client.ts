import pg from "pg";

/**
 * Opens a connection to a database, uses it, and closes it.
 *
 * @throws the error of `use`, or an Error of `pg` if the database cannot be reached
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
 * Returns the first row of a query, with its columns in order; empty if there is no row.
 *
 * @throws Error of `pg` if the query fails or the database cannot be reached
 */
export function firstRow(databaseUrl: string, sql: string): Promise<readonly unknown[]> {
  return withDatabase(databaseUrl, async (client) => {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: "array" });
    return rows[0] ?? [];
  });
}
