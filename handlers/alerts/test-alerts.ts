/** The records of alerts for tests. */
import type { Pool } from "pg";

/** A record's row, as the tests read it. */
export interface AlertRow {
  readonly cause: string;
  readonly count: number;
  readonly told: number;
  readonly isOver: boolean;
  /** Whether people know that it is over. */
  readonly toldEnd: boolean;
}

/** Reads all records, the oldest first. */
export async function readAlerts(pool: Pool): Promise<AlertRow[]> {
  const { rows } = await pool.query<AlertRow>(
    `select cause, count::int as count, told_count::int as told, ended_at is not null as "isOver", told_end as "toldEnd"
     from public.hub_alerts order by id`,
  );
  return rows;
}

/** Removes every record. */
export async function clearAlerts(pool: Pool): Promise<void> {
  await pool.query("delete from public.hub_alerts");
}
