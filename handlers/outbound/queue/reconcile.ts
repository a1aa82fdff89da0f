/** Finds out what became of a request that Twilio did not answer, or whose process ended. */
import { logError, logInfo } from "../../log/log.ts";
import { outboundRequests } from "../../log/metrics.ts";
import { type Backoff, backoffMs } from "../../work/retry.ts";
import { findCreated } from "../send/find-created.ts";
import type { TwilioAccount } from "../send/twilio-answer.ts";
import { knownSids, leave, type OutboundRow, type Step, type StepContext, writeStep } from "./request-state.ts";

/**
 * The pauses before Twilio is asked, in milliseconds. A create is carried out or not within seconds; only when it is not there after the last
 * of them is it held to be absent.
 */
export const CHECK_PAUSES_MS: readonly number[] = [500, 2_000, 5_000, 10_000];

/** While Twilio does not list anything. */
const UNLISTED_BACKOFF: Backoff = { fromMs: 1_000, toMs: 30_000 };

/** For how long a number stands still for a request of which Twilio says nothing, in milliseconds. */
const GIVE_UP_MS = 3_600_000;
const GIVEN_UP = "Twilio did not say for an hour whether it has it; it was not sent again";

/** What {@link reconcile} asks with. */
export interface ReconcileSettings {
  readonly account: TwilioAccount;
  /** The pauses before each question, in milliseconds. */
  readonly checkPausesMs: readonly number[];
}

/**
 * One turn of it. What Twilio has is `sent`. What it has not is not sent again where Twilio was asked for it and did not answer; where the
 * process ended, nothing shows that the request ever left, and it takes its place again.
 */
export async function reconcile(context: StepContext, row: OutboundRow, settings: ReconcileSettings): Promise<void> {
  const { account, checkPausesMs } = settings;
  if (row.state === "sending") return doubt(context, row, checkPausesMs[0] ?? 0);
  const found = await look(context, row, account);
  if (found === "unlisted") {
    if (isGivenUp(row)) return write(context, row, { state: "failed", reason: GIVEN_UP }, { end: true });
    return leave(context, { pauseMs: backoffMs(context.turn.job.retryCount + 1, UNLISTED_BACKOFF) });
  }
  if (found !== "absent") return write(context, row, { state: "sent", sid: found.sid }, { end: true });
  const checks = row.checks + 1;
  const pauseMs = checkPausesMs[checks];
  if (pauseMs !== undefined) return write(context, row, { state: "unknown", reason: row.reason, checks }, { pauseMs });
  if (row.doubt === "interrupted") return write(context, row, { state: "queued", limited: 0 }, { pauseMs: 0 });
  const reason = `Twilio did not say whether it took the request (${row.reason ?? "no answer"}), and does not have it; it was not sent again`;
  return write(context, row, { state: "failed", reason }, { end: true });
}

function isGivenUp({ sendingSince }: OutboundRow): boolean {
  return sendingSince !== null && Date.now() - sendingSince.getTime() > GIVE_UP_MS;
}

/** Its lease ended while a request was under way. */
function doubt(context: StepContext, row: OutboundRow, pauseMs: number): Promise<void> {
  const reason = "the process that sent it ended";
  return write(context, row, { state: "unknown", doubt: "interrupted", reason }, { pauseMs });
}

/** What Twilio has and no other request is; `unlisted` where it does not say. */
async function look(
  { pool }: StepContext,
  { kind, to, from, sendingSince }: OutboundRow,
  account: TwilioAccount,
): Promise<{ readonly sid: string } | "absent" | "unlisted"> {
  if (sendingSince === null) return "absent";
  const sids = await findCreated({ kind, to, from, since: sendingSince }, account).catch((error: unknown) => {
    logError("Twilio does not say what became of an outbound request", error);
    return undefined;
  });
  if (sids === undefined) return "unlisted";
  const known = await knownSids(pool, sids);
  const sid = sids.find((found) => !known.has(found));
  return sid === undefined ? "absent" : { sid };
}

async function write(
  context: StepContext,
  row: OutboundRow,
  step: Step,
  end: Parameters<typeof writeStep>[3],
): Promise<void> {
  if (!(await writeStep(context, row, step, end))) return;
  const { id, kind, attempts } = row;
  outboundRequests.inc({ kind, outcome: step.state });
  logInfo("an outbound request was reconciled", { request: id, kind, outcome: step.state, attempts });
}
