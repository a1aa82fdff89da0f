/**
 * Reads and changes the state of an outbound request. Each change is a compare-and-set on the row as it was read, so that only one of two
 * processes succeeds.
 */
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { mayText, NO_REGISTRATION, senderReasons, type WordKey } from "../../registrations/sender-state.ts";
import { closeSender, type Refusal } from "../../storage/sender-closures.ts";
import { inTransaction } from "../../storage/transaction.ts";
import { CREATE_TIMEOUT_MS } from "../send/twilio-answer.ts";
import { OUTBOUND_STATES } from "../status.ts";
import type { Jobs, Turn } from "./job-queue.ts";

const Row = z.object({
  id: z.string(),
  kind: z.enum(["call", "message"]),
  to: z.string(),
  from: z.string(),
  /** The request, unparsed: the row may have been written by hand. */
  request: z.unknown(),
  state: z.enum(OUTBOUND_STATES),
  attempts: z.number(),
  limited: z.number(),
  sendingSince: z.date().nullable(),
  /** The SIDs that Twilio had between the two numbers before the last request; null if it did not list them. */
  beforeSids: z.array(z.string()).nullable(),
  /** Why the outcome of the last request is unknown: its process ended, or Twilio gave no clear answer. */
  doubt: z.enum(["interrupted", "unanswered"]).nullable(),
  reason: z.string().nullable(),
  checks: z.number(),
  /** The request's age in milliseconds when the row was read. */
  ageMs: z.number(),
});
/** A request's row. */
export type OutboundRow = z.infer<typeof Row>;

const READ = `
select id, kind, to_number as "to", from_number as "from", request, state, attempts, limited,
  sending_since as "sendingSince", before_sids as "beforeSids", doubt, reason, checks,
  (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as "ageMs"
from public.twilio_outbound where id = $1`;

/** Reads a request's row. Returns undefined if the request does not exist. */
export async function readRow(pool: Pool, id: string): Promise<OutboundRow | undefined> {
  const { rows } = await pool.query({ name: "read-outbound-row", text: READ, values: [id] });
  return rows.map((row) => Row.parse(row))[0];
}

const NEXT_IN = `
select greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as ms
from public.twilio_outbound_pace where from_number = $1`;

const Milliseconds = z.object({ ms: z.number() });

/** Reads in how many milliseconds the next request for a number may leave. */
export async function nextInMs(pool: Pool, number: string): Promise<number> {
  const { rows } = await pool.query({ name: "outbound-next-in", text: NEXT_IN, values: [number] });
  return rows.map((row) => Milliseconds.parse(row).ms)[0] ?? 0;
}

const HOLD = `
insert into public.twilio_outbound_pace (from_number, next_at)
values ($1, clock_timestamp() + $2 * interval '1 millisecond')
on conflict (from_number) do update set next_at = excluded.next_at`;

const BEGIN = `
update public.twilio_outbound
set state = 'sending', attempts = attempts + 1, checks = 0, updated_at = now(), doubt = null,
  -- If an earlier attempt was interrupted and not found, a later search must begin at that attempt.
  sending_since = case when doubt = 'interrupted' then coalesce(sending_since, clock_timestamp()) else clock_timestamp() end,
  before_sids = case when doubt = 'interrupted' and sending_since is not null then before_sids else $3 end
where id = $1 and state = 'queued' and attempts = $2 and (kind = 'call' or ${mayText("from_number", "$4", "$5")})
returning id`;

/** The beginning of a request. */
export interface Beginning {
  readonly intervalMs: number;
  /** The SIDs that Twilio has between the two numbers; null if it did not list them. */
  readonly before: OutboundRow["beforeSids"];
  /** The key of Twilio's word on a text's sender. Without it no text begins. */
  readonly word: WordKey | undefined;
}

/**
 * Records that a request is about to leave. From here on it may have been sent, until Twilio's answer is written. If the process ends, the
 * number sends nothing for as long as the request may be under way. A text begins in the statement that asks for Twilio's word on its sender.
 *
 * @returns the changed row; the reasons if Twilio's word does not let the text leave; undefined if another process changed the row first
 */
export async function beginSending(
  pool: Pool,
  row: OutboundRow,
  { intervalMs, before, word }: Beginning,
): Promise<OutboundRow | { readonly reasons: readonly string[] } | undefined> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(BEGIN, [
      row.id,
      row.attempts,
      before,
      word?.registrationSid,
      word?.accountSid,
    ]);
    if (rowCount !== 1) return row.kind === "call" ? undefined : notBegun(client, row, word);
    await client.query(HOLD, [row.from, CREATE_TIMEOUT_MS + intervalMs]);
    return { ...row, state: "sending", attempts: row.attempts + 1, doubt: null };
  });
}

async function notBegun(client: PoolClient, { from }: OutboundRow, word: WordKey | undefined) {
  const reasons = word === undefined ? [NO_REGISTRATION] : await senderReasons(client, from, word);
  return reasons.length === 0 ? undefined : { reasons };
}

/**
 * A change of a row's state. `sid`, `limited`, `doubt` and `checks` stay as they are if left out; a missing `reason` clears the row's reason.
 */
export interface Step {
  readonly state: OutboundRow["state"];
  readonly reason?: string | null;
  readonly sid?: string;
  readonly limited?: number;
  readonly doubt?: NonNullable<OutboundRow["doubt"]>;
  readonly checks?: number;
}

const STEP = `
update public.twilio_outbound set
  state = $4, reason = $5, sid = coalesce($6, sid), limited = coalesce($7, limited), doubt = coalesce($8, doubt),
  checks = coalesce($9, checks), updated_at = now(),
  -- The alert about a delay was sent; the failure needs an alert of its own.
  alerted_at = case when $4 = 'failed' then null else alerted_at end
where id = $1 and attempts = $3 and (
  (state = $2 and doubt is not distinct from $10)
  or ($11 and state in ('unknown', 'queued') and doubt = 'interrupted'))
returning id`;

/** How a turn ends: the request is done, or it stays its number's next request and comes again after a pause. */
export type TurnEnd = { readonly end: true } | { readonly pauseMs: number };

/** The resources for writing a step, and the turn that it ends. */
export interface StepContext {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, "end" | "postpone">;
  readonly turn: Turn;
}

/** A mark of the outcome of this process's own request to Twilio. */
export interface Answered {
  /** How long no request of the number may leave, in milliseconds. */
  readonly holdMs: number;
  /** The carriers' refusal, which closes the number to texts. */
  readonly refusal?: Refusal | undefined;
}

/**
 * Writes a step and ends the turn, in one transaction.
 *
 * @param answered given if the step is the outcome of this process's own request. Such a step also counts if the lease ended and another
 * process doubts the request, unless the request was sent again
 * @returns false if the row had changed since it was read: then nothing is written, and the process that holds the job goes on
 */
export async function writeStep(
  { pool, jobs, turn }: StepContext,
  row: OutboundRow,
  step: Step,
  end: TurnEnd,
  answered?: Answered,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const { state, reason = null, sid, limited, doubt, checks } = step;
    const isAnswered = answered !== undefined;
    // It closes the sender whatever became of the row meanwhile.
    if (answered?.refusal !== undefined) await closeSender(client, row.from, answered.refusal);
    const values = [row.id, row.state, row.attempts, state, reason, sid, limited, doubt, checks, row.doubt, isAnswered];
    const { rowCount } = await client.query(STEP, values);
    if (rowCount !== 1) {
      await endTurn(client, jobs, turn, { pauseMs: 0 });
      return false;
    }
    if (isAnswered) await client.query(HOLD, [row.from, answered.holdMs]);
    await endTurn(client, jobs, turn, end);
    return true;
  });
}

/** Ends a turn without changing the row. */
export function leave({ pool, jobs, turn }: StepContext, end: TurnEnd): Promise<void> {
  return inTransaction(pool, (client) => endTurn(client, jobs, turn, end));
}

function endTurn(client: PoolClient, jobs: StepContext["jobs"], turn: Turn, end: TurnEnd): Promise<void> {
  return "pauseMs" in end ? jobs.postpone(client, turn, end.pauseMs) : jobs.end(client, turn);
}

const OURS = "select sid from public.twilio_outbound where sid = any($1)";

const Sid = z.object({ sid: z.string() });

/** Returns the given SIDs that already belong to a request. */
export async function knownSids(pool: Pool, sids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query({ name: "known-outbound-sids", text: OURS, values: [sids] });
  return new Set(rows.map((row) => Sid.parse(row).sid));
}
