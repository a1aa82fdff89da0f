/** The gate. Every text must pass it, and only the gate lets a text leave. */
import { REGISTRATIONS, senderKind } from "../../../hub/gate/sender-kind.ts";
import type { Manifest } from "../../../hub/manifest.ts";
import { hideNumbers } from "../../log/mask.ts";
import { oneLine } from "../../worker/retry.ts";
import { type MessageRequest, outboundRequestSchema, requestProblem } from "../request.ts";
import { type Approvals, approvalProblem } from "./approvals.ts";
import { clearText, type TextClearance } from "./clearance.ts";
import { GATE_TIMEOUT_MS, type PreSendGates, preSendProblem } from "./pre-send-gates.ts";

/** The settings of {@link createTextGate}. */
export interface TextGateSettings {
  readonly manifest: Pick<Manifest, "gates" | "numbers" | "routes">;
  /** The approvals that the text's sender needs. */
  readonly approvals: Approvals;
  readonly preSendGates: PreSendGates;
  /** The time limit for each approval and each of the five gates, in milliseconds. Default: 2 seconds. */
  readonly gateTimeoutMs?: number | undefined;
}

/** A text in the outbox. */
export type QueuedText = MessageRequest & { readonly id: string };

/** The proof that the text may leave, or the reason why it may not: one line that begins with the registration. */
export type GateAnswer = { readonly clearance: TextClearance } | { readonly blocked: string };

/** The gate. */
export interface TextGate {
  /** Decides whether this text may leave now. Nothing is kept for the next text. It does not throw: any failure blocks the text. */
  gate(text: QueuedText): Promise<GateAnswer>;
}

type Checked = { readonly text: QueuedText } | { readonly problem: string };

/** Makes the gate for a manifest. */
export function createTextGate(settings: TextGateSettings): TextGate {
  return {
    gate: async (text) => {
      try {
        return await answer(settings, text);
      } catch {
        // The error is left out, because it may quote the text.
        return blocked(settings, undefined, "the gate failed");
      }
    },
  };
}

async function answer(settings: TextGateSettings, asked: QueuedText): Promise<GateAnswer> {
  const checked = check(settings, asked);
  if ("problem" in checked) return blocked(settings, asked.from, checked.problem);
  const { id, ...text } = checked.text;
  const { approvals, preSendGates, gateTimeoutMs = GATE_TIMEOUT_MS } = settings;
  const senderProblem = () => approvalProblem(approvals, text.from, gateTimeoutMs);
  const problem =
    (await senderProblem()) ??
    (await preSendProblem(preSendGates, Object.freeze(text), gateTimeoutMs)) ??
    // An approval may have been withdrawn while the five gates ran.
    (await senderProblem());
  if (problem !== undefined) return blocked(settings, text.from, problem);
  const { to, from, body } = text;
  return { clearance: clearText({ id, to, from, body }) };
}

/** Parses the queued text again, because its row may have been written by hand. */
function check({ manifest }: TextGateSettings, { id, ...asked }: QueuedText): Checked {
  if (typeof id !== "string" || id === "") return { problem: "the text has no id" };
  const parsed = outboundRequestSchema(manifest).safeParse(asked);
  if (!parsed.success) return { problem: requestProblem(parsed.error) };
  if (parsed.data.kind !== "message") return { problem: `a ${parsed.data.kind} is not a text` };
  return { text: { id, ...parsed.data } };
}

function blocked({ manifest }: TextGateSettings, sender: unknown, problem: string): GateAnswer {
  return { blocked: blockedReason(manifest, sender, problem) };
}

/**
 * Returns why a text was blocked, in one line without phone numbers. The sender's registration comes first, with the plan and B14a for 10DLC, because a
 * long problem is cut.
 *
 * @param sender the text's `from`, even if it is not a number of the hub
 */
export function blockedReason({ gates }: Pick<Manifest, "gates">, sender: unknown, problem: string): string {
  return oneLine(`${registrationOf(gates, sender)}: ${hideNumbers(problem)}`);
}

function registrationOf(gates: Manifest["gates"], sender: unknown): string {
  if (typeof sender !== "string") return "no sender";
  const gate = Object.hasOwn(gates, sender) ? gates[sender] : undefined;
  if (gate?.plan !== undefined) return `plan ${gate.plan}, B14a`;
  const kind = gate?.kind ?? senderKind(sender);
  return kind === "local" ? "no registration" : REGISTRATIONS[kind];
}
