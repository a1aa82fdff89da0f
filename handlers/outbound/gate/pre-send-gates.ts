/** The five gates that every text passes before it leaves. Source: docs/domain.md#pre-send-gates. */
import { z } from "zod";
import { oneLine } from "../../work/retry.ts";
import type { MessageRequest } from "../request.ts";

/** The gates, in the order in which they are asked. */
export const PRE_SEND_GATES = [
  "gate-computer",
  "compliance-gate",
  "blast-safety",
  "thread-context",
  "response-generator",
] as const;
export type PreSendGateName = (typeof PRE_SEND_GATES)[number];

/** What a gate says of a text. Anything but a strict `{ passed: true }` blocks. */
export type GateVerdict = { readonly passed: true } | { readonly passed: false; readonly reason: string };

/** Looks at a text, which is frozen. The signal is aborted when the gate's time is over. */
export type PreSendGate = (text: MessageRequest, signal: AbortSignal) => Promise<GateVerdict>;

/** One gate under each name: none can be left out. */
export type PreSendGates = Readonly<Record<PreSendGateName, PreSendGate>>;

/** How long a gate may take by default, in milliseconds. */
export const GATE_TIMEOUT_MS = 2_000;

const Passed = z.strictObject({ passed: z.literal(true) });
const Blocked = z.object({ passed: z.literal(false), reason: z.string() });

/**
 * Asks the gates one after the other, up to the first that blocks. A gate that is missing, throws, answers anything else than a verdict or
 * takes too long blocks. It does not throw.
 *
 * @param timeoutMs how long each may take
 * @returns why the text may not leave, with the gate's name, or undefined where all five let it pass
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

/** What a gate throws is not shown: it may quote the text. */
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
  // A gate that computed all the while let no timer run.
  if (verdict === LATE || performance.now() - asked > timeoutMs) return `no verdict within ${timeoutMs} ms`;
  if (Passed.safeParse(verdict).success) return undefined;
  return Blocked.safeParse(verdict).data?.reason ?? "its answer is no verdict";
}

const LATE = Symbol("late");

function whenAborted(signal: AbortSignal): Promise<typeof LATE> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(LATE), { once: true }));
}
