/** What was asked to leave, and what became of it: the table `twilio_outbound`, the one record of every outbound call and text. */
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { storableJson } from "../storage/storable-json.ts";
import { inTransaction } from "../transaction.ts";
import type { Jobs } from "./jobs.ts";
import type { OutboundRequest } from "./request.ts";

/**
 * - `queued`: waits for its turn.
 * - `sending`: a request to Twilio is under way, or was when its process ended.
 * - `unknown`: Twilio did not say whether it took the request; it is being asked.
 * - `sent`: Twilio has it, under `sid`. What becomes of it then stands in `twilio_calls` and `twilio_sms`.
 * - `blocked`: the gate did not let the text through; `reason` says why.
 * - `failed`: it did not leave, or nobody can tell; `reason` says why.
 */
export const OUTBOUND_STATES = ["queued", "sending", "unknown", "sent", "blocked", "failed"] as const;
export type OutboundState = (typeof OUTBOUND_STATES)[number];

/** What became of a request; what `GET` shows. */
export interface OutboundStatus {
  readonly id: string;
  readonly kind: "call" | "message";
  readonly to: string;
  readonly from: string;
  readonly state: OutboundState;
  readonly reason: string | null;
  readonly sid: string | null;
  readonly attempts: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

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
const StatusRow = z.object({
  id: z.string(),
  kind: z.enum(["call", "message"]),
  to: z.string(),
  from: z.string(),
  state: z.enum(OUTBOUND_STATES),
  reason: z.string().nullable(),
  sid: z.string().nullable(),
  attempts: z.number(),
  createdAt: instant,
  updatedAt: instant,
});

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
