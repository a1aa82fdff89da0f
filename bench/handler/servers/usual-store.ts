/** A transaction for each webhook: the mark that it was processed, the event, and the row of its call or text. */
import { Pool, type PoolClient } from "pg";

/** The answer to a webhook. It is stored for a repeat. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Kind = "inbound-call" | "call-status" | "inbound-text" | "text-status";
type Parameters = Readonly<Record<string, string>>;

/** A store of webhooks. */
export interface UsualStore {
  /** Stores a webhook. Returns its answer, or the stored answer if it is a repeat. */
  keep(kind: Kind, parameters: Parameters, answer: Answer): Promise<Answer>;
}

/** Makes a store with a pool of the default size: ten connections. */
export function createUsualStore(connectionString: string): UsualStore {
  const pool = new Pool({ connectionString });
  return {
    keep: async (kind, parameters, answer) => {
      const client = await pool.connect();
      try {
        await client.query("begin");
        const isNew = await markProcessed(client, keyOf(kind, parameters), answer);
        if (isNew) await writeRows(client, kind, parameters);
        const given = isNew ? answer : await storedAnswer(client, keyOf(kind, parameters));
        await client.query("commit");
        return given;
      } catch (error) {
        await client.query("rollback");
        throw error;
      } finally {
        client.release();
      }
    },
  };
}

const isCall = (kind: Kind) => kind === "inbound-call" || kind === "call-status";

function sidOf(kind: Kind, { CallSid = "", MessageSid = "" }: Parameters): string {
  return isCall(kind) ? CallSid : MessageSid;
}

function statusOf({ CallStatus, MessageStatus, SmsStatus = "" }: Parameters): string {
  return CallStatus ?? MessageStatus ?? SmsStatus;
}

function keyOf(kind: Kind, parameters: Parameters): string {
  return `${kind}:${sidOf(kind, parameters)}:${statusOf(parameters)}`;
}

async function markProcessed(client: PoolClient, key: string, { status, body }: Answer): Promise<boolean> {
  const { rowCount } = await client.query(
    `insert into processed_webhook_events (signed_hash, response_status, response_type, response_body)
      values ($1, $2, 'text/xml', $3) on conflict (signed_hash) do nothing`,
    [key, status, body],
  );
  return rowCount === 1;
}

async function storedAnswer(client: PoolClient, key: string): Promise<Answer> {
  const { rows } = await client.query<Answer>(
    "select response_status as status, response_body as body from processed_webhook_events where signed_hash = $1",
    [key],
  );
  const [answer] = rows;
  if (answer === undefined) throw new Error(`no stored answer for ${key}`);
  return answer;
}

async function writeRows(client: PoolClient, kind: Kind, parameters: Parameters): Promise<void> {
  await client.query(
    `insert into omni_events (sid, kind, step, host, parameters, received_at, dispatch_state)
      values ($1, $2, $3, 'canonical', $4, now(), $5) on conflict (sid, kind, step) do nothing`,
    [
      ...[sidOf(kind, parameters), kind, statusOf(parameters), JSON.stringify(parameters)],
      kind === "text-status" ? "none" : "waiting",
    ],
  );
  await (isCall(kind) ? writeCall(client, parameters) : writeText(client, kind, parameters));
}

function writeCall(client: PoolClient, parameters: Parameters): Promise<unknown> {
  const { CallSid, Direction, From, To, CallStatus, CallDuration } = parameters;
  return client.query(
    `insert into twilio_calls (call_sid, direction, from_number, to_number, status, duration_seconds)
      values ($1, $2, $3, $4, $5, $6) on conflict (call_sid) do update set
      status = excluded.status, duration_seconds = excluded.duration_seconds, updated_at = now()`,
    [CallSid, Direction, From, To, CallStatus, CallDuration],
  );
}

function writeText(client: PoolClient, kind: Kind, parameters: Parameters): Promise<unknown> {
  const { MessageSid, From, To, Body, ErrorCode } = parameters;
  const direction = kind === "inbound-text" ? "inbound" : "outbound";
  return client.query(
    `insert into twilio_sms (message_sid, direction, from_number, to_number, body, status, error_code)
      values ($1, $2, $3, $4, $5, $6, $7) on conflict (message_sid) do update set
      status = excluded.status, error_code = excluded.error_code, updated_at = now()`,
    [MessageSid, direction, From, To, Body, statusOf(parameters), ErrorCode],
  );
}
