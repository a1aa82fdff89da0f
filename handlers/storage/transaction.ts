/** Transactions. */
import type { Pool, PoolClient } from "pg";

/**
 * Runs statements in a transaction, which is committed when `work` returns, or rolled back if `end` says so. If `work` throws, nothing is stored and the connection is closed.
 *
 * @throws the error of `work`, or Error of `pg` if the connection was cut
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
  end: "commit" | "rollback" = "commit",
): Promise<Result> {
  const client = await pool.connect();
  let isDone = false;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query(end);
    isDone = true;
    return result;
  } finally {
    client.release(!isDone);
  }
}
