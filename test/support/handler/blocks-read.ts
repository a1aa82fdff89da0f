/** The cost of statements in blocks: unlike their time, it is the same on every machine. */
import type { Pool } from "pg";

/**
 * Runs work on a table, and returns the number of blocks of the table and of its indexes that were read for it, from the disk or from memory. No other
 * connection may use the table meanwhile.
 *
 * @param alone a pool of one connection, which the work must use: the statistics of a connection are complete once it is asked for them
 */
export async function blocksRead(alone: Pool, table: string, work: () => Promise<unknown>): Promise<number> {
  const before = await blocks(alone, table);
  await work();
  return (await blocks(alone, table)) - before;
}

async function blocks(alone: Pool, table: string): Promise<number> {
  await alone.query("select pg_stat_force_next_flush()");
  const { rows } = await alone.query<{ blocks: string }>(
    `select heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit as blocks
     from pg_statio_user_tables where relname = $1`,
    [table],
  );
  return Number(rows[0]?.blocks);
}
