/** Sends what waits, one turn at a time: a call, or a text that the gate let through. */
import type { Pool } from "pg";
import type { Manifest } from "../../hub/manifest.ts";
import { registeredUrls } from "../../hub/urls.ts";
import { blockedReason, type TextGate } from "../gate/text-gate.ts";
import { logInfo } from "../log.ts";
import { outboundRequests } from "../metrics.ts";
import { type Backoff, backoffMs, oneLine } from "../retry.ts";
import { sleep } from "../worker.ts";
import type { Jobs, Turn } from "./jobs.ts";
import { placeCall } from "./place-call.ts";
import { postMessage } from "./post-message.ts";
import { CHECK_PAUSES_MS, reconcile } from "./reconcile.ts";
import { type OutboundRequest, outboundRequestSchema, requestProblem } from "./request.ts";
import { beginSending, leave, nextInMs, type OutboundRow, readRow, type StepContext, writeStep } from "./row.ts";
import type { CreateOutcome, TwilioAccount } from "./twilio-answer.ts";

/** What {@link createSender} is given. */
export interface SenderSettings {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, "end" | "postpone">;
  readonly manifest: Manifest;
  readonly account: TwilioAccount;
  readonly gate: TextGate;
  /** The pauses after 429: from 1 to 8 seconds by default. Three more tries follow the first (domain document, "Rate-limit action"). */
  readonly limitedBackoff?: Backoff | undefined;
  /** The pauses before Twilio is asked about a request that it did not answer, in milliseconds: {@link CHECK_PAUSES_MS} by default. */
  readonly checkPausesMs?: readonly number[] | undefined;
}

const RETRIES = 3;
const LIMITED_BACKOFF: Backoff = { fromMs: 1_000, toMs: 8_000 };

/** A number's turn is waited for this long at most, in milliseconds; a longer pause gives the turn back. */
const LONGEST_WAIT_MS = 2_000;

/**
 * How old a turn may be when its request leaves, in milliseconds: past the five gates of a text, and within the lease even when Twilio takes
 * its time. A process that was stopped for a while and goes on does not send what another one has taken over.
 */
const FRESH_MS = 12_000;

/** Works on a turn. What it throws leaves the turn to its lease. */
export type Sender = (turn: Turn, signal: AbortSignal) => Promise<void>;

/** Makes the sender. Everything that it does is written down before and after. */
export function createSender(settings: SenderSettings): Sender {
  const { pool, jobs, manifest, account, checkPausesMs = CHECK_PAUSES_MS } = settings;
  const schema = outboundRequestSchema(manifest);
  return async (turn, signal) => {
    const context = { pool, jobs, turn };
    const row = await readRow(pool, turn.id);
    if (row === undefined || isSettled(row)) return leave(context, { end: true });
    if (row.state !== "queued") return reconcile(context, row, { account, checkPausesMs });
    const parsed = schema.safeParse(row.request);
    if (!parsed.success) return refuse(context, row, manifest, requestProblem(parsed.error));
    const request = parsed.data;
    if (!isRowOf(row, request)) return refuse(context, row, manifest, "the row and the request in it differ");
    if (!(await waitForTurn(context, row, signal))) return;
    await send(settings, context, row, request);
  };
}

function isSettled({ state }: OutboundRow): boolean {
  return state === "sent" || state === "blocked" || state === "failed";
}

/** The queue goes by the row's number, and so does the pace. */
function isRowOf({ kind, from, to }: OutboundRow, request: OutboundRequest): boolean {
  return kind === request.kind && from === request.from && to === request.to;
}

/** Somebody wrote the row by hand, or the number is no longer the stack's. */
async function refuse(context: StepContext, row: OutboundRow, manifest: Manifest, problem: string): Promise<void> {
  if (row.kind === "message") {
    return settle(context, row, { state: "blocked", reason: blockedReason(manifest, problem) });
  }
  return settle(context, row, { state: "failed", reason: oneLine(problem) });
}

/** Whether the number's next request may leave now. Where it may not for long, or the handler stops, the turn is given back. */
async function waitForTurn(context: StepContext, row: OutboundRow, signal: AbortSignal): Promise<boolean> {
  let pauseMs = await nextInMs(context.pool, row.from);
  while (pauseMs > 0 && pauseMs <= LONGEST_WAIT_MS && !signal.aborted) {
    await sleep(Math.ceil(pauseMs), signal);
    pauseMs = await nextInMs(context.pool, row.from);
  }
  if (pauseMs === 0 && !signal.aborted) return true;
  await leave(context, { pauseMs });
  return false;
}

async function send(
  settings: SenderSettings,
  context: StepContext,
  row: OutboundRow,
  request: OutboundRequest,
): Promise<void> {
  const { manifest, account, gate } = settings;
  const urls = registeredUrls(manifest, request.from);
  if (request.kind === "call") return create(settings, context, row, () => placeCall(request, urls, account));
  const verdict = await gate.gate({ ...request, id: row.id });
  if ("blocked" in verdict) return settle(context, row, { state: "blocked", reason: verdict.blocked });
  return create(settings, context, row, () => postMessage(verdict.clearance, account, urls.messageStatusCallback));
}

async function create(
  { pool, manifest, limitedBackoff = LIMITED_BACKOFF }: SenderSettings,
  context: StepContext,
  row: OutboundRow,
  post: () => Promise<CreateOutcome>,
): Promise<void> {
  const { intervalMs } = manifest.outbound;
  const begun = await beginWhileFresh(pool, context.turn, row, intervalMs);
  if (begun === undefined) return;
  const outcome = await post();
  if (outcome.kind === "limited") return settleLimited(context, begun, outcome.afterMs, limitedBackoff, intervalMs);
  return settleOutcome(context, begun, outcome, intervalMs);
}

/** The last step before a request leaves. Undefined where it must not leave. */
async function beginWhileFresh(
  pool: Pool,
  { takenAt }: Turn,
  row: OutboundRow,
  intervalMs: number,
): Promise<OutboundRow | undefined> {
  const isFresh = () => performance.now() - takenAt < FRESH_MS;
  if (!isFresh()) return undefined;
  const begun = await beginSending(pool, row, intervalMs);
  // Whoever takes over finds a request that may have left, and asks Twilio.
  return isFresh() ? begun : undefined;
}

async function settleOutcome(
  context: StepContext,
  row: OutboundRow,
  outcome: Exclude<CreateOutcome, { kind: "limited" }>,
  intervalMs: number,
): Promise<void> {
  switch (outcome.kind) {
    case "created":
      return settle(context, row, { state: "sent", sid: outcome.sid, limited: 0 }, intervalMs);
    case "refused":
      return settle(context, row, { state: "failed", reason: `Twilio refused it: ${outcome.reason}` }, intervalMs);
    case "unknown": {
      const step = { state: "unknown", doubt: "unanswered", reason: outcome.reason } as const;
      log(row, "unknown");
      await writeStep(context, row, step, { pauseMs: 0 }, intervalMs);
    }
  }
}

/** The request was not taken. It stays its number's next one. */
async function settleLimited(
  context: StepContext,
  row: OutboundRow,
  askedMs: number | undefined,
  backoff: Backoff,
  intervalMs: number,
): Promise<void> {
  const limited = row.limited + 1;
  if (limited > RETRIES) {
    const reason = `Twilio answered 429 to the request and to ${RETRIES} more`;
    return settle(context, row, { state: "failed", reason, limited }, intervalMs);
  }
  log(row, "limited");
  const pauseMs = Math.max(askedMs ?? 0, backoffMs(limited, backoff));
  await writeStep(context, row, { state: "queued", reason: "Twilio answered 429", limited }, { pauseMs }, intervalMs);
}

async function settle(
  context: StepContext,
  row: OutboundRow,
  step: Parameters<typeof writeStep>[2],
  holdMs?: number,
): Promise<void> {
  if (await writeStep(context, row, step, { end: true }, holdMs)) log(row, step.state);
}

function log({ id, kind, attempts }: OutboundRow, outcome: string): void {
  outboundRequests.inc({ kind, outcome });
  logInfo("a turn of an outbound request ended", { request: id, kind, outcome, attempts });
}
