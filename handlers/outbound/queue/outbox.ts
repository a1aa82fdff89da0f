/** The outbox: the table `twilio_outbound`, the only record of every outbound call and text and of its outcome. */
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { storableJson } from "../../storage/storable-json.ts";
import { inTransaction } from "../../storage/transaction.ts";
import type { OutboundRequest } from "../request.ts";
import { OutboundStatus } from "../status.ts";
import type { Jobs } from "./job-queue.ts";

/** The record of outbound requests. */
export interface Outbox {
  /**
   * Stores a request durably and queues it. The same key with the same request returns the same id; with another request it is a conflict.
   *
   * @throws the `pg` error if the database does not take it
   */
  accept(
    request: OutboundRequest,
    idempotencyKey: string,
  ): Promise<{ readonly kind: "accepted" | "repeated"; readonly id: string } | { readonly kind: "conflict" }>;
  /**
   * Reads a request's status, or undefined if no request has the id.
   *
   * @throws the `pg` error if the database does not answer
   */
  read(id: string): Promise<OutboundStatus | undefined>;
}

/** The row's columns, under the names of {@link OutboundStatus}. */
const STATUS = `
select id, kind, to_number as "to", from_number as "from", state, reason, sid, attempts,
  created_at as "createdAt", updated_at as "updatedAt"
from public.twilio_outbound where id = $1`;

/** Makes the outbox over a database. */
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

/** Writes the row and returns its id, or undefined if the key is known. Waits for another transaction that is writing the same key. */
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
