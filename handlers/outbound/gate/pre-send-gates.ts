/** The five gates that every text must pass before it leaves. Source: docs/domain.md#pre-send-gates. */
import { z } from "zod";
import { oneLine } from "../../worker/retry.ts";
import type { MessageRequest } from "../request.ts";

/** The gates, in the order in which they run. */
export const PRE_SEND_GATES = [
  "gate-computer",
  "compliance-gate",
  "blast-safety",
  "thread-context",
  "response-generator",
] as const;
export type PreSendGateName = (typeof PRE_SEND_GATES)[number];

/** A gate's verdict on a text. Anything but exactly `{ passed: true }` blocks. */
export type GateVerdict = { readonly passed: true } | { readonly passed: false; readonly reason: string };

/** Judges a text, which is frozen. The signal is aborted at the gate's time limit. */
export type PreSendGate = (text: MessageRequest, signal: AbortSignal) => Promise<GateVerdict>;

/** The five gates by name. None can be left out. */
export type PreSendGates = Readonly<Record<PreSendGateName, PreSendGate>>;

/** The default time limit of a gate, in milliseconds. */
export const GATE_TIMEOUT_MS = 2_000;

const Passed = z.strictObject({ passed: z.literal(true) });
const Blocked = z.object({ passed: z.literal(false), reason: z.string() });

/**
 * Runs the gates one after the other, up to the first that blocks. A gate blocks if it is missing, throws, does not return a verdict or takes too
 * long. This function does not throw.
 *
 * @param timeoutMs the time limit of each gate, in milliseconds
 * @returns the reason why the text may not leave, with the gate's name, or undefined if it passes all five
 */
export async function preSendProblem(
  gates: PreSendGates,
  text: MessageRequest,
  timeoutMs = GATE_TIMEOUT_MS,
): Promise<string | undefined> {
  for (const name of PRE_SEND_GATES) {
    const problem = await problemOf(gates, name, text, timeoutMs);
    if (problem !== undefined) return oneLine(`${name}: ${problem}`);
  }
  return undefined;
}

/** The reason why one gate blocks. A thrown error's message is left out, because it may quote the text. */
async function problemOf(
  gates: PreSendGates,
  name: PreSendGateName,
  text: MessageRequest,
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    const gate: unknown = gates[name];
    if (typeof gate !== "function") return "it is missing";
    return await verdictProblem(gates[name], text, timeoutMs);
  } catch {
    return "it failed";
  }
}

async function verdictProblem(gate: PreSendGate, text: MessageRequest, timeoutMs: number): Promise<string | undefined> {
  const asked = performance.now();
  const signal = AbortSignal.timeout(timeoutMs);
  const verdict: unknown = await Promise.race([gate(text, signal), whenAborted(signal)]);
  // While a gate blocks the event loop, no timer runs.
  if (verdict === LATE || performance.now() - asked > timeoutMs) return `no verdict within ${timeoutMs} ms`;
  if (Passed.safeParse(verdict).success) return undefined;
  return Blocked.safeParse(verdict).data?.reason ?? "its answer is not a verdict";
}

const LATE = Symbol("late");

function whenAborted(signal: AbortSignal): Promise<typeof LATE> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(LATE), { once: true }));
}
