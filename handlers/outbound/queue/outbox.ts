/** What was asked to leave, and what became of it: the table `twilio_outbound`, the one record of every outbound call and text. */
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { storableJson } from "../../storage/storable-json.ts";
import { inTransaction } from "../../storage/transaction.ts";
import type { OutboundRequest } from "../request.ts";
import { OutboundStatus } from "../status.ts";
import type { Jobs } from "./job-queue.ts";

/** The queue of outbound requests. */
export interface Outbox {
  /**
   * Queues a request, durably. The same key with the same request gives the same id; with another request it is a conflict.
   *
   * @throws Error of pg
   */
  accept(
    request: OutboundRequest,
    idempotencyKey: string,
  ): Promise<{ readonly kind: "accepted" | "repeated"; readonly id: string } | { readonly kind: "conflict" }>;
  read(id: string): Promise<OutboundStatus | undefined>;
}

/** The row's columns, as they are shown. */
const STATUS = `
select id, kind, to_number as "to", from_number as "from", state, reason, sid, attempts,
  created_at as "createdAt", updated_at as "updatedAt"
from public.twilio_outbound where id = $1`;

/** The outbox over a database. */
export function createOutbox(pool: Pool, jobs: Pick<Jobs, "ready" | "add">): Outbox {
  return {
    accept: async (request, idempotencyKey) => {
      await jobs.ready();
      return inTransaction(pool, async (client) => {
        const added = await insert(client, request, idempotencyKey);
        if (added === undefined) return known(client, request, idempotencyKey);
        await jobs.add(client, added, request.from);
        return { kind: "accepted", id: added };
      });
    },
    read: async (id) => {
      const { rows } = await pool.query({ name: "read-outbound", text: STATUS, values: [id] });
      return rows.map((row) => StatusRow.parse(row))[0];
    },
  };
}

const instant = z.date().transform((date) => date.toISOString());
const StatusRow = OutboundStatus.extend({ createdAt: instant, updatedAt: instant });

const Inserted = z.object({ id: z.string() });

/** Writes the row, unless the key is known: then it waits for whoever writes the same key at this moment. */
async function insert(client: PoolClient, request: OutboundRequest, key: string): Promise<string | undefined> {
  const { rows } = await client.query(
    `insert into public.twilio_outbound (idempotency_key, kind, to_number, from_number, request)
     values ($1, $2, $3, $4, $5) on conflict (idempotency_key) do nothing returning id`,
    [key, request.kind, request.to, request.from, storableJson(request)],
  );
  return rows.map((row) => Inserted.parse(row).id)[0];
}

const Known = z.object({ id: z.string(), isSame: z.boolean() });

async function known(
  client: PoolClient,
  request: OutboundRequest,
  key: string,
): Promise<{ kind: "repeated"; id: string } | { kind: "conflict" }> {
  const { rows } = await client.query(
    `select id, request = $2::jsonb as "isSame" from public.twilio_outbound where idempotency_key = $1`,
    [key, storableJson(request)],
  );
  const { id, isSame } = Known.parse(rows[0]);
  return isSame ? { kind: "repeated", id } : { kind: "conflict" };
}
