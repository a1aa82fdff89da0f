/** The tables that the servers write. They are emptied before a round and counted after it. */
import { Client } from "pg";
import { z } from "zod";

const COUNTS = `select
  (select count(*) from processed_webhook_events) as processed_webhook_events,
  (select count(*) from omni_events) as omni_events,
  (select count(distinct sid) from omni_events) as "omni_events (each SID once)",
  (select count(*) from twilio_calls) + (select count(*) from twilio_sms) as "twilio_calls and twilio_sms"`;
const Counts = z.record(z.string(), z.coerce.number());
const Version = z.object({ server_version: z.string() });

/** The benchmark's own view of a server's database. */
export interface Tables {
  /** Empties the tables, and makes Postgres write its checkpoint, so that every round begins alike. */
  reset(): Promise<void>;
  /**
   * Compares the number of rows with the number of answered webhooks.
   *
   * @param answered the number of webhooks, of which none is a repeat and no two are about the same call or text
   * @throws Error if a webhook is missing or stored twice
   */
  requireExactly(answered: number): Promise<void>;
  postgresVersion(): Promise<string>;
  close(): Promise<void>;
}

/** Connects to a server's database. */
export async function openTables(connectionString: string): Promise<Tables> {
  const client = new Client({ connectionString });
  await client.connect();
  return {
    reset: async () => {
      await client.query("truncate processed_webhook_events, omni_events, twilio_calls, twilio_sms");
      await client.query("checkpoint");
    },
    requireExactly: async (answered) => {
      const { rows } = await client.query(COUNTS);
      const counts = Counts.parse(rows[0]);
      for (const [table, count] of Object.entries(counts)) {
        if (count !== answered) throw new Error(`${answered} webhooks were answered, but ${count} are in ${table}`);
      }
    },
    postgresVersion: async () => Version.parse((await client.query("show server_version")).rows[0]).server_version,
    close: () => client.end(),
  };
}
