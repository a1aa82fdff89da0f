/**
 * Hands messages to the agents, through the hook of the OpenClaw gateway.
 * Source: https://github.com/openclaw/openclaw/blob/main/docs/automation/cron-jobs/webhooks.md
 */
import { z } from "zod";
import { discardBody, readAtMost } from "../worker/response-body.ts";
import { failureOf, oneLine, retryAfterMs } from "../worker/retry.ts";

/** The gateway's address and token. */
export interface Gateway {
  /** Its URL without a trailing slash. */
  readonly url: string;
  readonly hookToken: string;
  /** The time limit for an answer, in milliseconds. Default: 20 seconds, because the gateway may take 15 to admit a turn. */
  readonly timeoutMs?: number | undefined;
}

/** A message to an agent. */
export interface AgentMessage {
  /** The event's stable id. The gateway does not run an id twice as long as it remembers it. */
  readonly eventId: string;
  readonly agentId: string;
  /** The name of the run. */
  readonly name: string;
  readonly message: string;
}

/**
 * The outcome of an attempt to hand an event to the gateway:
 * - `done`: the gateway took it;
 * - `released`: the handler stopped; the event waits as if it had not been tried;
 * - `parked`: the gateway refused it for good;
 * - `retried`: it failed and will be tried again, not before `afterMs` milliseconds if the gateway says so.
 *
 * A reason is one bounded line.
 */
export type DispatchOutcome =
  | { readonly kind: "done" | "released" }
  | { readonly kind: "parked"; readonly reason: string }
  | { readonly kind: "retried"; readonly reason: string; readonly afterMs?: number | undefined };

/** The default time limit for the gateway's answer, in milliseconds. */
export const GATEWAY_TIMEOUT_MS = 20_000;

/** The largest answer whose reason is read, in bytes. */
const MAX_ANSWER_BYTES = 4096;

const GatewayError = z.object({ error: z.string() });

/**
 * Hands a message to an agent. It sends no session key, because the gateway refuses one. A 400 is final; any other failure is tried again.
 *
 * `deliver` is always false, even while the 10DLC gate is open. With true the gateway itself may send the agent's reply as a text, which
 * would bypass the five pre-send gates. An agent that wants to send a text requests it from the hub.
 *
 * @param signal aborted when the handler stops
 */
export async function postToAgent(
  { url, hookToken, timeoutMs = GATEWAY_TIMEOUT_MS }: Gateway,
  { eventId, agentId, name, message }: AgentMessage,
  signal: AbortSignal,
): Promise<DispatchOutcome> {
  try {
    const answer = await fetch(`${url}/hooks/agent`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${hookToken}`,
        "content-type": "application/json",
        "idempotency-key": eventId,
      },
      body: JSON.stringify({ message, name, agentId, deliver: false }),
      // A redirect is not followed: only the gateway gets the token.
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    return await outcomeOf(answer);
  } catch (error) {
    return signal.aborted ? { kind: "released" } : { kind: "retried", reason: failureOf(error) };
  }
}

async function outcomeOf(answer: Response): Promise<DispatchOutcome> {
  if (answer.ok) {
    // The turn is admitted, even if the rest of the answer is lost.
    await discardBody(answer);
    return { kind: "done" };
  }
  const said = await readReason(answer);
  const reason = oneLine(`HTTP ${answer.status}${said && `: ${said}`}`);
  if (answer.status === 400) return { kind: "parked", reason };
  const mayAsk = answer.status === 429 || answer.status === 503;
  return { kind: "retried", reason, afterMs: mayAsk ? retryAfterMs(answer.headers.get("retry-after")) : undefined };
}

/** Reads the gateway's reason, or an empty text. The status alone decides, so an answer that is cut off still counts. */
async function readReason(answer: Response): Promise<string> {
  const bytes = await readAtMost(answer, MAX_ANSWER_BYTES).catch(() => undefined);
  return bytes === undefined ? "" : errorOf(new TextDecoder().decode(bytes));
}

function errorOf(text: string): string {
  try {
    return GatewayError.parse(JSON.parse(text)).error;
  } catch {
    // The page of another program is left out: it may quote the message.
    return "";
  }
}
