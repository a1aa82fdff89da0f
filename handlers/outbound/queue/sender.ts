/** Works on one turn of an outbound request: places the call, or sends the text if the gate clears it. */
import type { Manifest } from "../../../hub/manifest.ts";
import { registeredUrls, routeUrl } from "../../../hub/urls/urls.ts";
import { hideNumbers } from "../../log/mask.ts";
import { wordKeyOf } from "../../registrations/wanted.ts";
import { oneLine } from "../../worker/retry.ts";
import { sleep } from "../../worker/worker.ts";
import { refusal } from "../gate/approvals.ts";
import { blockedReason, type TextGate } from "../gate/text-gate.ts";
import { type OutboundRequest, outboundRequestSchema, requestProblem } from "../request.ts";
import { placeCall } from "../send/place-call.ts";
import { postMessage } from "../send/post-message.ts";
import { isFinal } from "../status.ts";
import { type AttemptSettings, attempt, logTurn } from "./attempt.ts";
import type { Jobs, Turn } from "./job-queue.ts";
import { CHECK_PAUSES_MS, reconcile } from "./reconcile.ts";
import { leave, nextInMs, type OutboundRow, readRow, type Step, type StepContext, writeStep } from "./request-state.ts";

/** The settings of {@link createSender}. */
export interface SenderSettings extends AttemptSettings {
  readonly jobs: Pick<Jobs, "end" | "postpone">;
  readonly manifest: Manifest;
  readonly gate: TextGate;
}

/** The longest wait for a number's pace within a turn, in milliseconds. If the pause is longer, the turn is given back. */
const LONGEST_WAIT_MS = 2_000;

/**
 * The age at which a request that was tried and never left expires, in milliseconds. Nobody waits for it any longer, and a call would come
 * at any hour.
 */
const LEAVE_WITHIN_MS = 3_600_000;
const NEVER_LEFT = "not sent within an hour of the request";

/** How long a call from an unknown number is left to another process, in milliseconds: longer than a reload takes. */
const RELOAD_MS = 60_000;

/**
 * Works on a turn.
 *
 * @param signal aborted when the handler stops
 * @throws the `pg` error if the database is away; the turn then comes again when its lease ends
 */
export type Sender = (turn: Turn, signal: AbortSignal) => Promise<void>;

/** Makes the sender. It writes each request to its row before the request leaves, and the outcome after. */
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

/**
 * Whether a request has expired. Only a request that was tried and never left expires: not one that still waits behind others, and not one
 * that Twilio answered with 429.
 */
function hasExpired({ attempts, limited, ageMs }: OutboundRow): boolean {
  return attempts > 0 && limited === 0 && ageMs > LEAVE_WITHIN_MS;
}

function reasonOf({ reason }: OutboundRow): string {
  return reason === null ? NEVER_LEFT : oneLine(`${NEVER_LEFT} (${reason})`);
}

/** Whether a call's number may be known to a newer process only: during a reload the new process takes such a call. */
function isOfNewNumber({ kind, from, ageMs }: OutboundRow, { numbers }: Manifest): boolean {
  return kind === "call" && ageMs < RELOAD_MS && !numbers.some(({ number }) => number === from);
}

/** Whether the row's columns agree with the request in it: the queue and the pace use the row's number. */
function isRowOf({ kind, from, to }: OutboundRow, request: OutboundRequest): boolean {
  return kind === request.kind && from === request.from && to === request.to;
}

/** Ends a request that is not valid: its row was written by hand, or its number has left the stack. */
async function refuse(context: StepContext, row: OutboundRow, manifest: Manifest, problem: string): Promise<void> {
  if (row.kind === "message") {
    return settle(context, row, { state: "blocked", reason: blockedReason(manifest, row.from, problem) });
  }
  return settle(context, row, { state: "failed", reason: oneLine(hideNumbers(problem)) });
}

/** Waits until the number's next request may leave. Gives the turn back and returns false if that takes long or the handler stops. */
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
    const place = () => placeCall(request, { ...urls, voiceUrl }, account);
    await attempt(settings, context, row, place, undefined, signal);
    return;
  }
  const verdict = await gate.gate({ ...request, id: row.id });
  if ("blocked" in verdict) return settle(context, row, { state: "blocked", reason: verdict.blocked });
  const post = () => postMessage(verdict.clearance, request.from, account, urls.messageStatusCallback);
  const word = wordKeyOf(manifest, account.accountSid, request.from);
  const reasons = await attempt(settings, context, row, post, word, signal);
  if (reasons === undefined) return;
  await settle(context, row, {
    state: "blocked",
    reason: blockedReason(manifest, request.from, refusal("twilio", reasons)),
  });
}

async function settle(context: StepContext, row: OutboundRow, step: Step): Promise<void> {
  if (await writeStep(context, row, step, { end: true })) logTurn(row, step.state);
}
