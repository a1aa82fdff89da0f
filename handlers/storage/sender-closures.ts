/** Senders that are closed since the carriers refused a text of theirs as unregistered. No text of such a sender leaves before a person opens it again. */
import type { ClientBase, Pool } from "pg";

/** The end of an `insert` into the table, as `closure`. A sender that is closed keeps its first refusal. */
export const CLOSE_IF_OPEN = `
on conflict (sender) do update set
  error_code = excluded.error_code, text_id = excluded.text_id, closed_at = clock_timestamp(), reopened_at = null, alerted_at = null
where closure.reopened_at is not null`;

const CLOSE = `
insert into public.hub_sender_closures as closure (sender, error_code, text_id) values ($1, $2, $3)
${CLOSE_IF_OPEN}`;

/** The refusal of a text by the carriers. */
export interface Refusal {
  readonly errorCode: number;
  /** The text's SID, or the id of its request. */
  readonly textId: string;
}

/**
 * Closes a sender for all processes, once the transaction of `client` is committed.
 *
 * @throws the `pg` error
 */
export async function closeSender(client: ClientBase, sender: string, { errorCode, textId }: Refusal): Promise<void> {
  await client.query(CLOSE, [sender, String(errorCode), textId]);
}

const REOPEN =
  "update public.hub_sender_closures set reopened_at = clock_timestamp() where sender = $1 and reopened_at is null";

/**
 * Opens a closed sender.
 *
 * @returns whether it was closed
 * @throws the `pg` error
 */
export async function reopenSender(pool: Pool, sender: string): Promise<boolean> {
  return (await pool.query(REOPEN, [sender])).rowCount === 1;
}
