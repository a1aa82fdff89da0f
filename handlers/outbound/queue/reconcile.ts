/** Determines the outcome of a request that Twilio did not answer clearly, or whose process ended. */
import { z } from "zod";
import { logError, logInfo } from "../../log/log.ts";
import { outboundRequests } from "../../log/metrics.ts";
import { type Backoff, backoffMs } from "../../worker/retry.ts";
import { findCreated } from "../send/find-created.ts";
import type { TwilioAccount } from "../send/twilio-answer.ts";
import { knownSids, leave, type OutboundRow, type Step, type StepContext, writeStep } from "./request-state.ts";

/**
 * The pauses before each search at Twilio, in milliseconds. Twilio carries a create out within seconds, or not at all. A request counts as
 * absent only if the search after the last pause does not find it.
 */
export const CHECK_PAUSES_MS: readonly number[] = [500, 2_000, 5_000, 10_000];

/** The pauses while Twilio cannot list its calls or texts. */
const UNLISTED_BACKOFF: Backoff = { fromMs: 1_000, toMs: 30_000 };

/** How long a number waits for a request that Twilio cannot confirm, in milliseconds. */
const GIVE_UP_MS = 3_600_000;
const GIVEN_UP = "Twilio did not confirm it within an hour; it was not sent again";

/** The words of a text, in its request. */
const Words = z.object({ body: z.string() });

/** The settings of {@link reconcile}. */
export interface ReconcileSettings {
  readonly account: TwilioAccount;
  /** The pauses before each search, in milliseconds. */
  readonly checkPausesMs: readonly number[];
}

/**
 * Does one turn of the search. If Twilio has the request, it is `sent`. If not, the request
 * - is `failed` if Twilio was asked and gave no clear answer: it is not sent again;
 * - goes back into the queue if our process ended: nothing shows that it ever left.
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
  const reason = `Twilio gave no clear answer (${row.reason ?? "no answer"}) and does not have it; it was not sent again`;
  return write(context, row, { state: "failed", reason }, { end: true });
}

function isGivenUp({ sendingSince }: OutboundRow): boolean {
  return sendingSince !== null && Date.now() - sendingSince.getTime() > GIVE_UP_MS;
}

/** Marks a request as interrupted: its lease ended while it was under way. */
function doubt(context: StepContext, row: OutboundRow, pauseMs: number): Promise<void> {
  const reason = "the process that sent it ended";
  return write(context, row, { state: "unknown", doubt: "interrupted", reason }, { pauseMs });
}

/** Returns the SID that Twilio has for this request and that belongs to no other request; `unlisted` if Twilio cannot list them. */
async function look(
  { pool }: StepContext,
  { kind, to, from, request, sendingSince, beforeSids }: OutboundRow,
  account: TwilioAccount,
): Promise<{ readonly sid: string } | "absent" | "unlisted"> {
  if (sendingSince === null) return "absent";
  const { body } = Words.safeParse(request).data ?? {};
  const sought = { kind, to, from, since: sendingSince, before: beforeSids, body };
  const sids = await findCreated(sought, account).catch((error: unknown) => {
    logError("Twilio could not be searched for an outbound request", error);
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
