/** Sends what waits, one turn at a time: a call, or a text that the gate let through. */
import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";
import type { Manifest } from "../../../hub/manifest.ts";
import { registeredUrls, routeUrl } from "../../../hub/urls/urls.ts";
import { logInfo } from "../../log/log.ts";
import { hideNumbers } from "../../log/mask.ts";
import { outboundRequests } from "../../log/metrics.ts";
import { type Backoff, oneLine } from "../../work/retry.ts";
import { sleep } from "../../work/worker.ts";
import { blockedReason, type TextGate } from "../gate/text-gate.ts";
import { type OutboundRequest, outboundRequestSchema, requestProblem } from "../request.ts";
import { placeCall } from "../send/place-call.ts";
import { postMessage } from "../send/post-message.ts";
import type { CreateOutcome, TwilioAccount } from "../send/twilio-answer.ts";
import { isFinal } from "../status.ts";
import type { Jobs, Turn } from "./job-queue.ts";
import { nextStep } from "./next-step.ts";
import { CHECK_PAUSES_MS, reconcile } from "./reconcile.ts";
import {
  beginSending,
  leave,
  nextInMs,
  type OutboundRow,
  readRow,
  type Step,
  type StepContext,
  writeStep,
} from "./request-state.ts";

/** What {@link createSender} is given. */
export interface SenderSettings {
  readonly pool: Pool;
  readonly jobs: Pick<Jobs, "end" | "postpone">;
  readonly manifest: Manifest;
  readonly account: TwilioAccount;
  readonly gate: TextGate;
  /** The pauses after 429: from 1 to 8 seconds by default. Three more tries follow the first (docs/domain.md#rate-limit-action). */
  readonly limitedBackoff?: Backoff | undefined;
  /** The pauses before Twilio is asked about a request that it did not answer, in milliseconds: {@link CHECK_PAUSES_MS} by default. */
  readonly checkPausesMs?: readonly number[] | undefined;
}

const LIMITED_BACKOFF: Backoff = { fromMs: 1_000, toMs: 8_000 };

/** A number's turn is waited for this long at most, in milliseconds; a longer pause gives the turn back. */
const LONGEST_WAIT_MS = 2_000;

/**
 * How old a turn may be when its request leaves, in milliseconds: past the five gates of a text, and within the lease even when Twilio takes
 * its time. A process that was stopped for a while and goes on does not send what another one has taken over.
 */
const FRESH_MS = 12_000;

/** How often the database is asked to take an outcome, in milliseconds, and how many times once the process stops. */
const WRITE_AGAIN_MS = 500;
const WRITES_WHILE_STOPPING = 6;

/** How old a request may be that was tried and never left, in milliseconds: nobody waits for it any longer, and a call would come at any hour. */
const LEAVE_WITHIN_MS = 3_600_000;
const NEVER_LEFT = "it did not leave within an hour of being asked for";

/** For how long a call from a number that this process does not know is left to another one, in milliseconds: a reload takes less. */
const RELOAD_MS = 60_000;

/** Works on a turn. What it throws leaves the turn to its lease. */
export type Sender = (turn: Turn, signal: AbortSignal) => Promise<void>;

/** Makes the sender. Everything that it does is written down before and after. */
export function createSender(settings: SenderSettings): Sender {
  const { pool, jobs, manifest, account, checkPausesMs = CHECK_PAUSES_MS } = settings;
  const schema = outboundRequestSchema(manifest);
  return async (turn, signal) => {
    const context = { pool, jobs, turn };
    const row = await readRow(pool, turn.id);
    if (row === undefined || isFinal(row.state)) return leave(context, { end: true });
    if (row.state !== "queued") return reconcile(context, row, { account, checkPausesMs });
    if (hasExpired(row)) return settle(context, row, { state: "failed", reason: reasonOf(row) });
    if (isOfNewNumber(row, manifest)) return leave(context, { pauseMs: LONGEST_WAIT_MS });
    const parsed = schema.safeParse(row.request);
    if (!parsed.success) return refuse(context, row, manifest, requestProblem(parsed.error));
    const request = parsed.data;
    if (!isRowOf(row, request)) return refuse(context, row, manifest, "the row and the request in it differ");
    if (!(await waitForTurn(context, row, signal))) return;
    await send(settings, context, row, request, signal);
  };
}

/** One that merely waits for its turn does not, and Twilio has seen one that it asked to wait. */
function hasExpired({ attempts, limited, ageMs }: OutboundRow): boolean {
  return attempts > 0 && limited === 0 && ageMs > LEAVE_WITHIN_MS;
}

function reasonOf({ reason }: OutboundRow): string {
  return reason === null ? NEVER_LEFT : oneLine(`${NEVER_LEFT} (${reason})`);
}

/** During a reload the new process takes what the old one does not know yet. */
function isOfNewNumber({ kind, from, ageMs }: OutboundRow, { numbers }: Manifest): boolean {
  return kind === "call" && ageMs < RELOAD_MS && !numbers.some(({ number }) => number === from);
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
  return settle(context, row, { state: "failed", reason: oneLine(hideNumbers(problem)) });
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
  signal: AbortSignal,
): Promise<void> {
  const { manifest, account, gate } = settings;
  const urls = registeredUrls(manifest, request.from);
  if (request.kind === "call") {
    const voiceUrl = routeUrl(manifest, request.route);
    return create(settings, context, row, () => placeCall(request, { ...urls, voiceUrl }, account), signal);
  }
  const verdict = await gate.gate({ ...request, id: row.id });
  if ("blocked" in verdict) return settle(context, row, { state: "blocked", reason: verdict.blocked });
  const post = () => postMessage(verdict.clearance, account, urls.messageStatusCallback);
  return create(settings, context, row, post, signal);
}

async function create(
  settings: SenderSettings,
  context: StepContext,
  row: OutboundRow,
  post: () => Promise<CreateOutcome>,
  signal: AbortSignal,
): Promise<void> {
  const { pool, manifest, limitedBackoff = LIMITED_BACKOFF, checkPausesMs = CHECK_PAUSES_MS } = settings;
  const { intervalMs } = manifest.outbound;
  const isFresh = () => context.turn.ageMs() < FRESH_MS;
  const begun = isFresh() ? await beginSending(pool, row, intervalMs) : undefined;
  if (begun === undefined) return leave(context, { pauseMs: 0 });
  const outcome = isFresh() ? await post().catch(notPosted) : NOT_FRESH;
  const pauses = { limited: limitedBackoff, firstCheckMs: checkPausesMs[0] ?? 0 };
  const { step, end } = nextStep(begun, outcome, context.turn.job.retryCount + 1, pauses);
  log(begun, outcome.kind);
  await writeSurely(() => writeStep(context, begun, step, end, { holdMs: intervalMs }), signal);
}

const NOT_FRESH: CreateOutcome = { kind: "unsent", reason: "its turn took too long" };

/** What is thrown before the request leaves: the clearance is too old. */
function notPosted(error: unknown): CreateOutcome {
  return { kind: "unsent", reason: error instanceof Error ? error.message : String(error) };
}

/**
 * An outcome that is forgotten would be taken for a request that never left, and sent again. So it is kept while the database does not take it,
 * until the process stops, and a few seconds more. Of two processes that write, one does: the row says which.
 */
async function writeSurely(write: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (let left = WRITES_WHILE_STOPPING; ; ) {
    try {
      await write();
      return;
    } catch (error) {
      if (signal.aborted) left -= 1;
      if (left === 0) throw error;
      await delay(WRITE_AGAIN_MS);
    }
  }
}

async function settle(context: StepContext, row: OutboundRow, step: Step): Promise<void> {
  if (await writeStep(context, row, step, { end: true })) log(row, step.state);
}

function log({ id, kind, attempts }: OutboundRow, outcome: string): void {
  outboundRequests.inc({ kind, outcome });
  logInfo("a turn of an outbound request ended", { request: id, kind, outcome, attempts });
}
