/** Makes one attempt at an outbound request: records it, sends it once, and records its outcome. */
import { setTimeout as delay } from "node:timers/promises";
import type { Pool } from "pg";
import type { Manifest } from "../../../hub/manifest.ts";
import { logInfo } from "../../log/log.ts";
import { outboundRequests } from "../../log/metrics.ts";
import type { WordKey } from "../../registrations/sender-state.ts";
import type { Refusal } from "../../storage/sender-closures.ts";
import { isCarrierRefusal } from "../../twilio/carrier-refusals.ts";
import type { Backoff } from "../../worker/retry.ts";
import { sidsBefore } from "../send/find-created.ts";
import type { CreateOutcome, TwilioAccount } from "../send/twilio-answer.ts";
import { nextStep } from "./next-step.ts";
import { CHECK_PAUSES_MS } from "./reconcile.ts";
import { beginSending, leave, type OutboundRow, type StepContext, writeStep } from "./request-state.ts";

/** The settings of {@link attempt}. */
export interface AttemptSettings {
  readonly pool: Pool;
  readonly manifest: Pick<Manifest, "outbound">;
  readonly account: TwilioAccount;
  /** The pauses before the three retries after a 429: 1 to 8 seconds by default (docs/domain.md#rate-limit-action). */
  readonly limitedBackoff?: Backoff | undefined;
  /** The pauses before Twilio is asked about a request of unknown outcome, in milliseconds. Default: {@link CHECK_PAUSES_MS}. */
  readonly checkPausesMs?: readonly number[] | undefined;
}

const LIMITED_BACKOFF: Backoff = { fromMs: 1_000, toMs: 8_000 };

/**
 * The oldest age of a turn at which its request may leave, in milliseconds: enough for the five gates of a text, and early enough for
 * Twilio's time-out to end within the lease. A process that was paused does not send a request that another process has taken over.
 */
const FRESH_MS = 12_000;

/** The pause between attempts to write an outcome, in milliseconds, and how many failed attempts a stopping process allows itself. */
const WRITE_AGAIN_MS = 500;
const WRITES_WHILE_STOPPING = 6;

/**
 * Makes the attempt, and ends the turn. First Twilio lists what it has between the two numbers, so that no later search takes that for the request.
 *
 * @param post sends the request, once
 * @param word the key of Twilio's word on a text's sender; undefined for a call, and for a text then nothing leaves
 * @param signal aborted when the handler stops
 * @returns why a text may no longer leave by Twilio's word: the turn then goes on; else nothing
 * @throws the `pg` error if the attempt cannot be recorded before it, or its outcome not after it while the handler stops
 */
export async function attempt(
  settings: AttemptSettings,
  context: StepContext,
  row: OutboundRow,
  post: () => Promise<CreateOutcome>,
  word: WordKey | undefined,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const { pool, manifest, account, limitedBackoff = LIMITED_BACKOFF, checkPausesMs = CHECK_PAUSES_MS } = settings;
  const { intervalMs } = manifest.outbound;
  const isFresh = () => context.turn.ageMs() < FRESH_MS;
  const { sids, unsent } = isFresh() ? await sidsBefore(row, account) : NOT_ASKED;
  const begun = isFresh() ? await beginSending(pool, row, { intervalMs, before: sids, word }) : undefined;
  if (begun === undefined) {
    await leave(context, { pauseMs: 0 });
    return undefined;
  }
  if ("reasons" in begun) return begun.reasons;
  const outcome = unsent ?? (isFresh() ? await post().catch(notPosted) : NOT_FRESH);
  const pauses = { limited: limitedBackoff, firstCheckMs: checkPausesMs[0] ?? 0 };
  const { step, end } = nextStep(begun, outcome, context.turn.job.retryCount + 1, pauses);
  logTurn(begun, outcome.kind);
  const answered = { holdMs: intervalMs, refusal: refusalOf(begun, outcome) };
  await writeSurely(() => writeStep(context, begun, step, end, answered), signal);
  return undefined;
}

/** The carriers' refusal of a text, if its outcome tells of one: then its sender is not registered. */
function refusalOf({ id, kind }: OutboundRow, outcome: CreateOutcome): Refusal | undefined {
  const { errorCode } = "errorCode" in outcome ? outcome : {};
  if (kind !== "message" || errorCode === undefined || !isCarrierRefusal(errorCode)) return undefined;
  return { errorCode, textId: outcome.kind === "created" ? outcome.sid : id };
}

const NOT_ASKED = { sids: null, unsent: undefined };
const NOT_FRESH: CreateOutcome = { kind: "unsent", reason: "its turn took too long" };

/** The outcome if posting threw: the request never left, because the clearance was too old. */
function notPosted(error: unknown): CreateOutcome {
  return { kind: "unsent", reason: error instanceof Error ? error.message : String(error) };
}

/**
 * Writes an outcome, and tries again until the database takes it. If the process stops, it goes on for a few seconds more. A lost outcome
 * would look like a request that never left, which is sent again. If two processes write, the row decides which one succeeds.
 *
 * @throws the error of the last attempt
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

/** Logs and counts a turn's end. */
export function logTurn({ id, kind, attempts }: OutboundRow, outcome: string): void {
  outboundRequests.inc({ kind, outcome });
  logInfo("a turn of an outbound request ended", { request: id, kind, outcome, attempts });
}
