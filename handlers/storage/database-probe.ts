/** Finds out whether the database takes webhooks, by writing specimens and rolling them back. */
import { randomBytes } from "node:crypto";
import type { Pool, PoolClient } from "pg";
import type { WebhookRecord } from "../spool/record.ts";
import { isAnswer, isRefusal, reasonOf } from "./database-fault.ts";
import type { DatabaseCondition } from "./database-state.ts";
import type { Store } from "./store.ts";
import { inTransaction } from "./transaction.ts";
import { writeWebhooks } from "./write-webhooks.ts";

/**
 * Writes specimens into each table, and rolls them back. Unlike an empty statement, this also finds a role that row-level security keeps from
 * writing, a database that is read-only, and a column that the handler does not fill.
 *
 * @throws Error of `pg` if the database does not take them, see `faultOf`
 */
export async function probeDatabase(pool: Pool): Promise<void> {
  await tryWebhooks(pool, specimens());
}

/**
 * Writes webhooks in one transaction, and rolls them back.
 *
 * @throws Error of `pg` if the database does not take them, see `faultOf`
 */
export async function tryWebhooks(pool: Pool, records: readonly WebhookRecord[]): Promise<void> {
  const write = async (client: PoolClient) => {
    // Each has a statement of its own: a slow database takes one webhook in time, but maybe not two.
    for (const record of records) await writeWebhooks(client, [record], false);
  };
  await inTransaction(pool, write, "rollback");
}

/** Without these tables webhooks are kept all the same, but nobody is alerted and nothing leaves. */
const WORKERS_TABLES =
  "select from public.hub_alerts, public.hub_registrations, public.twilio_outbound, public.twilio_outbound_pace limit 0";

/**
 * Finds out whether the tables are there that only the workers use.
 *
 * @throws Error of `pg` if one is missing or may not be read
 */
export async function probeWorkersTables(pool: Pool): Promise<void> {
  await pool.query(WORKERS_TABLES);
}

/** A database, and the store that notes its answers. */
export interface AskedDatabase {
  readonly pool: Pool;
  readonly store: Pick<Store, "database" | "noteDatabase">;
}

/**
 * Probes the database, and notes the outcome in the store. If the database refuses the specimens for their content, for instance because of a column
 * that the handler does not fill, it refuses some webhooks at least; the store still tries each.
 *
 * @returns what the probe showed
 */
export async function askDatabase({ pool, store }: AskedDatabase): Promise<DatabaseCondition> {
  try {
    await probeDatabase(pool);
    store.noteDatabase(undefined);
  } catch (error) {
    store.noteDatabase(isAnswer(error) ? undefined : error);
    if (isRefusal(error)) return { state: "refuses", reason: reasonOf(error) };
  }
  return store.database();
}

/** A call with a recording, and a text, that nobody made. Their SIDs are random, so no row of theirs exists or is locked. */
function specimens(): WebhookRecord[] {
  const callSid = newSid("CA");
  const messageSid = newSid("SM");
  const text = { messageSid, direction: "inbound", body: "", mediaUrls: [], status: "received", statusRank: 0 };
  return [
    {
      ...specimen(callSid),
      call: { callSid, direction: "inbound", status: "queued", statusRank: 0 },
      recording: { recordingSid: newSid("RE"), callSid },
    },
    { ...specimen(messageSid), text },
  ];
}

function specimen(sid: string): WebhookRecord {
  return {
    signedHash: randomBytes(32).toString("hex"),
    answer: { status: 204, body: "" },
    event: {
      sid,
      kind: "probe",
      step: "",
      host: "canonical",
      parameters: {},
      receivedAt: new Date().toISOString(),
      isDispatched: false,
    },
  };
}

/** Makes a random SID, which no row has. */
export function newSid(prefix: string): string {
  return `${prefix}${randomBytes(16).toString("hex")}`;
}
