/** The approvals that a text needs for its sender, apart from the five pre-send gates. All of them must stand when it leaves. */
import type { E164 } from "../../../hub/values/values.ts";
import { GATE_TIMEOUT_MS } from "./pre-send-gates.ts";

/** The approvals, in the order in which they are asked, with their names in messages. */
export const APPROVALS = {
  manifest: "the manifest",
  gateFile: "the gate file (hub:handler.gateFile)",
  twilio: "Twilio",
} as const;
export type ApprovalName = keyof typeof APPROVALS;

/**
 * Returns the reasons why this sender may not text at this time. It approves with an empty list, and with nothing else. It keeps nothing for the next
 * text, so that a withdrawal takes effect at once.
 */
export type Approval = (sender: E164, now: Date) => Promise<readonly string[]>;

/** Every approval by name. None can be left out. */
export type Approvals = Readonly<Record<ApprovalName, Approval>>;

/**
 * Asks the approvals one after the other, up to the first that does not approve. An approval does not approve either if it is missing, throws,
 * returns anything but a list, or takes too long. This function does not throw.
 *
 * @param sender the text's `from`
 * @param timeoutMs the time limit of each approval, in milliseconds
 * @param now the time at which the text would leave
 * @returns the reason why the sender may not text, or undefined if all approve
 */
export async function approvalProblem(
  approvals: Approvals,
  sender: E164,
  timeoutMs = GATE_TIMEOUT_MS,
  now = new Date(),
): Promise<string | undefined> {
  for (const name of NAMES) {
    const reasons = await withinTime(() => reasonsOf(approvals, name, sender, now), timeoutMs);
    if (reasons.length > 0) return refusal(name, reasons);
  }
  return undefined;
}

/** An approval's refusal, with its reasons, in one line. */
export function refusal(name: ApprovalName, reasons: readonly string[]): string {
  return `${APPROVALS[name]} does not approve: ${reasons.join("; ")}`;
}

const NAMES: readonly ApprovalName[] = ["manifest", "gateFile", "twilio"];

async function reasonsOf(
  approvals: Approvals,
  name: ApprovalName,
  sender: E164,
  now: Date,
): Promise<readonly string[]> {
  const approval: unknown = approvals[name];
  if (typeof approval !== "function") return ["it is missing"];
  const reasons: unknown = await approvals[name](sender, now);
  return Array.isArray(reasons) ? reasons.map(String) : ["its answer is not a list of reasons"];
}

/** A thrown error's message is left out, because it may quote a secret. */
async function withinTime(ask: () => Promise<readonly string[]>, timeoutMs: number): Promise<readonly string[]> {
  try {
    return await Promise.race([ask(), whenLate(AbortSignal.timeout(timeoutMs), timeoutMs)]);
  } catch {
    return ["it failed"];
  }
}

function whenLate(signal: AbortSignal, timeoutMs: number): Promise<readonly string[]> {
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve([`no answer within ${timeoutMs} ms`]), { once: true }),
  );
}
