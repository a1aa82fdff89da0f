/** The steps of a request's row, each written where the row still is as it was read: of two processes one writes. */
import type { Pool, PoolClient } from "pg";
import { z } from "zod";
import { inTransaction } from "../../storage/transaction.ts";
import { CREATE_TIMEOUT_MS } from "../send/twilio-answer.ts";
import { OUTBOUND_STATES } from "../status.ts";
import type { Jobs, Turn } from "./job-queue.ts";

const Row = z.object({
  id: z.string(),
  kind: z.enum(["call", "message"]),
  to: z.string(),
  from: z.string(),
  /** What was asked, not parsed: somebody may have written the row by hand. */
  request: z.unknown(),
  state: z.enum(OUTBOUND_STATES),
  attempts: z.number(),
  limited: z.number(),
  sendingSince: z.date().nullable(),
  /** Why nobody knows what became of the last request: its process ended, or Twilio did not say. */
  doubt: z.enum(["interrupted", "unanswered"]).nullable(),
  reason: z.string().nullable(),
  checks: z.number(),
  /** How long ago it was asked for, in milliseconds, when it was read. */
  ageMs: z.number(),
});
/** A request's row. */
export type OutboundRow = z.infer<typeof Row>;

const READ = `
select id, kind, to_number as "to", from_number as "from", request, state, attempts, limited,
  sending_since as "sendingSince", doubt, reason, checks,
  (extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as "ageMs"
from public.twilio_outbound where id = $1`;

/** The row, or undefined where there is none. */
export async function readRow(pool: Pool, id: string): Promise<OutboundRow | undefined> {
  const { rows } = await pool.query({ name: "read-outbound-row", text: READ, values: [id] });
  return rows.map((row) => Row.parse(row))[0];
}

const NEXT_IN = `
select greatest(0, extract(epoch from next_at - clock_timestamp()) * 1000)::float8 as ms
from public.twilio_outbound_pace where from_number = $1`;

const Milliseconds = z.object({ ms: z.number() });

/** In how many milliseconds the next request for a number may leave. */
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
  -- One that was interrupted before, and found nowhere, is looked for from its first attempt on.
  sending_since = case when doubt = 'interrupted' then coalesce(sending_since, clock_timestamp()) else clock_timestamp() end
where id = $1 and state = 'queued' and attempts = $2
returning id`;

/**
 * Writes, before a request leaves, that it leaves: from here on it counts as sent until Twilio says otherwise. Where the process ends, the
 * number stays still for as long as the request may still be under way.
 *
 * @returns the row as it is now, or undefined where somebody else has it
 */
export async function beginSending(pool: Pool, row: OutboundRow, intervalMs: number): Promise<OutboundRow | undefined> {
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(BEGIN, [row.id, row.attempts]);
    if (rowCount !== 1) return undefined;
    await client.query(HOLD, [row.from, CREATE_TIMEOUT_MS + intervalMs]);
    return { ...row, state: "sending", attempts: row.attempts + 1, doubt: null };
  });
}

/** What a step makes of a row. What is not named stays. */
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
  -- Who was told that it takes long is told again that it failed.
  alerted_at = case when $4 = 'failed' then null else alerted_at end
where id = $1 and attempts = $3 and (
  (state = $2 and doubt is not distinct from $10)
  or ($11 and state in ('unknown', 'queued') and doubt = 'interrupted'))
returning id`;

/** How a turn ends: the request is done, or it is its number's next one again after a pause. */
export type TurnEnd = { readonly end: true } | { readonly pauseMs: number };

/** What a step is written with. */
export interface StepContext {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, "end" | "postpone">;
  readonly turn: Turn;
}

/** What is written beside the outcome of a request to Twilio. */
export interface Answered {
  /** For how long no request for the number may leave, in milliseconds. */
  readonly holdMs: number;
}

/**
 * Writes a step and ends the turn, together.
 *
 * @param answered where the step is what came of this process's own request: it counts also where the lease ended meanwhile and another process
 * doubts it, as long as nobody has sent the request again
 * @returns false where the row was no longer as it was read: then nothing is written, and whoever has the job goes on
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

/** Ends a turn in which nothing is to be written. */
export function leave({ pool, jobs, turn }: StepContext, end: TurnEnd): Promise<void> {
  return inTransaction(pool, (client) => endTurn(client, jobs, turn, end));
}

function endTurn(client: PoolClient, jobs: StepContext["jobs"], turn: Turn, end: TurnEnd): Promise<void> {
  return "pauseMs" in end ? jobs.postpone(client, turn, end.pauseMs) : jobs.end(client, turn);
}

const OURS = "select sid from public.twilio_outbound where sid = any($1)";

const Sid = z.object({ sid: z.string() });

/** Which of these SIDs are known to be those of other requests. */
export async function knownSids(pool: Pool, sids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query({ name: "known-outbound-sids", text: OURS, values: [sids] });
  return new Set(rows.map((row) => Sid.parse(row).sid));
}
