/** A row of the outbox that somebody writes into the database by hand, past the endpoint's checks. */
import type { Pool } from "pg";
import type { Jobs } from "../../../handlers/outbound/queue/job-queue.ts";
import { inTransaction } from "../../../handlers/storage/transaction.ts";
import { PRIMARY, TO } from "./tendlc-suite.ts";

/** The request of such a row: a valid text. */
export const TEXT = { kind: "message", to: TO, from: PRIMARY, body: "Hello." };

/** Columns of a row. The missing ones are those of a waiting text. */
export type Columns = Readonly<Record<string, unknown>>;

/**
 * Writes a row and its job.
 *
 * @param jobNumber the number in whose queue the job is
 * @returns the row's id
 */
export async function writeRow(pool: Pool, jobs: Jobs, columns: Columns = {}, jobNumber = PRIMARY): Promise<string> {
  const row = {
    idempotency_key: crypto.randomUUID(),
    kind: "message",
    to_number: TO,
    from_number: PRIMARY,
    request: JSON.stringify(TEXT),
    ...columns,
  };
  const names = Object.keys(row);
  const insert = `insert into public.twilio_outbound (${names}) values (${names.map((_, index) => `$${index + 1}`)}) returning id`;
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ id: string }>(insert, Object.values(row));
    const id = rows[0]?.id ?? "";
    await jobs.add(client, id, jobNumber);
    return id;
  });
}
