/** Several statements as one. */
import type { Pool, PoolClient } from "pg";

/**
 * Runs statements in a transaction, which is committed when `work` returns. Where it throws, nothing of it stays and the connection is closed.
 *
 * @throws what `work` throws, or Error of `pg` where the connection was cut
 */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  // The pool listens only to connections that nobody uses. The next query tells of the cut.
  const ignoreCut = () => undefined;
  client.on("error", ignoreCut);
  let isDone = false;
  try {
    await client.query("begin");
    const result = await work(client);
    await client.query("commit");
    isDone = true;
    return result;
  } finally {
    client.off("error", ignoreCut);
    client.release(!isDone);
  }
}
