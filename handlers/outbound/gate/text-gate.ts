/** The gate that every text passes, and that alone lets one leave. */
import type { Manifest } from "../../../hub/manifest.ts";
import { hideNumbers } from "../../log/mask.ts";
import { oneLine } from "../../work/retry.ts";
import { type MessageRequest, outboundRequestSchema, requestProblem } from "../request.ts";
import { clearText, type TextClearance } from "./clearance.ts";
import { GATE_TIMEOUT_MS, type PreSendGates, preSendProblem } from "./pre-send-gates.ts";
import { type ApprovalSource, tendlcProblem } from "./tendlc-approvals.ts";

/** What {@link createTextGate} is given. */
export interface TextGateSettings {
  readonly manifest: ApprovalSource & Pick<Manifest, "numbers" | "routes">;
  /** The auth tokens that count at this moment: the gate file was signed with one of them. */
  readonly authTokens: () => readonly string[];
  readonly preSendGates: PreSendGates;
  /** How long each of the five gates, and the reading of the gate file, may take, in milliseconds: 2 seconds by default. */
  readonly gateTimeoutMs?: number | undefined;
}

/** A text in the outbox. */
export type QueuedText = MessageRequest & { readonly id: string };

/** The proof that the text may leave, or why it may not: one line that names the plan and B14a. */
export type GateAnswer = { readonly clearance: TextClearance } | { readonly blocked: string };

/** The gate. It does not throw: what is broken blocks. */
export interface TextGate {
  /** Asks whether this text may leave now. Nothing of the answer is kept for the next text. */
  gate(text: QueuedText): Promise<GateAnswer>;
}

type Checked = { readonly text: QueuedText } | { readonly problem: string };

/** Makes the gate of a manifest. */
export function createTextGate(settings: TextGateSettings): TextGate {
  return {
    gate: async (text) => {
      try {
        return await answer(settings, text);
      } catch {
        // What was thrown may quote the text.
        return blocked(settings, "the gate failed");
      }
    },
  };
}

async function answer(settings: TextGateSettings, asked: QueuedText): Promise<GateAnswer> {
  const checked = check(settings, asked);
  if ("problem" in checked) return blocked(settings, checked.problem);
  const { id, ...text } = checked.text;
  const problem =
    (await approvalProblem(settings)) ??
    (await preSendProblem(settings.preSendGates, Object.freeze(text), settings.gateTimeoutMs)) ??
    // The five take their time, and the approval may have been withdrawn meanwhile.
    (await approvalProblem(settings));
  if (problem !== undefined) return blocked(settings, problem);
  const { to, from, body } = text;
  return { clearance: clearText({ id, to, from, body }) };
}

/** What was queued is parsed again: a row may have been written by hand. */
function check({ manifest }: TextGateSettings, { id, ...asked }: QueuedText): Checked {
  if (typeof id !== "string" || id === "") return { problem: "the text has no id" };
  const parsed = outboundRequestSchema(manifest).safeParse(asked);
  if (!parsed.success) return { problem: requestProblem(parsed.error) };
  if (parsed.data.kind !== "message") return { problem: `a ${parsed.data.kind} is no text` };
  return { text: { id, ...parsed.data } };
}

/** A file on a disk that does not answer is no approval. */
function approvalProblem({ manifest, authTokens, gateTimeoutMs = GATE_TIMEOUT_MS }: TextGateSettings) {
  const late = new Promise<string>((resolve) => {
    AbortSignal.timeout(gateTimeoutMs).addEventListener("abort", () =>
      resolve(`the gate file was not read within ${gateTimeoutMs} ms`),
    );
  });
  return Promise.race([tendlcProblem(manifest, authTokens()), late]);
}

function blocked({ manifest }: TextGateSettings, problem: string): GateAnswer {
  return { blocked: blockedReason(manifest, problem) };
}

/**
 * Why a text was blocked, in one line. The plan stands before the problem, since a long problem is cut; whatever the problem says, no phone
 * number is shown.
 */
export function blockedReason({ gate }: Pick<Manifest, "gate">, problem: string): string {
  return oneLine(`plan ${gate.plan}, B14a: ${hideNumbers(problem)}`);
}
