/**
 * The OpenClaw gateway's hook for agents.
 * Source: https://github.com/openclaw/openclaw/blob/main/docs/automation/cron-jobs/webhooks.md
 */
import { z } from "zod";
import { discardBody, readAtMost } from "../work/response-body.ts";
import { failureOf, oneLine, retryAfterMs } from "../work/retry.ts";

/** Where the gateway is, and what opens it. */
export interface Gateway {
  /** Its URL without a trailing slash. */
  readonly url: string;
  readonly hookToken: string;
  /** How long an answer may take, in milliseconds: 20 seconds by default, as the admission of a turn can take 15. */
  readonly timeoutMs?: number | undefined;
}

/** What is handed to an agent. */
export interface AgentMessage {
  /** The event's stable id: the gateway does not run the same one twice while it remembers it. */
  readonly eventId: string;
  readonly agentId: string;
  /** What the run is called. */
  readonly name: string;
  readonly message: string;
}

/** What came of it. `released`: the handler stops, and the event waits as if it had not been tried. A reason is one bounded line. */
export type DispatchOutcome =
  | { readonly kind: "done" | "released" }
  | { readonly kind: "parked"; readonly reason: string }
  | { readonly kind: "retried"; readonly reason: string; readonly afterMs?: number | undefined };

/** How long the gateway may take by default, in milliseconds. */
export const GATEWAY_TIMEOUT_MS = 20_000;

/** How much of an answer is read, in bytes. */
const MAX_ANSWER_BYTES = 4096;

const GatewayError = z.object({ error: z.string() });

/**
 * Hands a message to an agent, without a session key: the gateway refuses one. A 400 is final, everything else is tried again.
 *
 * `deliver` is always false, with the 10DLC gate open too. With true the agent's reply may go out as a text by the gateway's own way, and
 * such a text would not pass the five pre-send gates. An agent that wants to text asks the hub to send it.
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
      // The token goes to the gateway alone.
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
    // The turn is admitted, whatever becomes of the rest of the answer.
    await discardBody(answer);
    return { kind: "done" };
  }
  const said = await readReason(answer);
  const reason = oneLine(`HTTP ${answer.status}${said && `: ${said}`}`);
  if (answer.status === 400) return { kind: "parked", reason };
  const mayAsk = answer.status === 429 || answer.status === 503;
  return { kind: "retried", reason, afterMs: mayAsk ? retryAfterMs(answer.headers.get("retry-after")) : undefined };
}

/** The status alone decides, so an answer that breaks off still counts. */
async function readReason(answer: Response): Promise<string> {
  const bytes = await readAtMost(answer, MAX_ANSWER_BYTES).catch(() => undefined);
  return bytes === undefined ? "" : errorOf(new TextDecoder().decode(bytes));
}

function errorOf(text: string): string {
  try {
    return GatewayError.parse(JSON.parse(text)).error;
  } catch {
    // Somebody else's page may quote what it was sent.
    return "";
  }
}
