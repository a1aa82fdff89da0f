/** The approvals that a config declares, one for each number of the hub. */
import type { E164 } from "../values/values.ts";
import type { DeclaredGate } from "./registration.ts";
import { senderKind } from "./sender-kind.ts";
import { type TendlcRecord, tendlcGate } from "./tendlc.ts";
import { type TollfreeRecord, tollfreeGate } from "./tollfree.ts";

/** The keys of a config that may approve texts. */
export interface ApprovalKeys {
  readonly numbers: readonly { readonly number: E164 }[];
  readonly owners: readonly string[];
  readonly tendlc: TendlcRecord;
  readonly tollfree?: TollfreeRecord;
}

/** The declared approvals, by number in E.164. */
export type DeclaredGates = Readonly<Record<string, DeclaredGate>>;

/** 10DLC covers the ten-digit numbers of the North American plan (https://www.twilio.com/docs/messaging/compliance/a2p-10dlc). */
const TEN_DIGITS = /^\+1\d{10}$/;

/** The approvals that a config declares. Each number's kind decides which record counts for it, and no other record does. */
export function declaredGates(keys: ApprovalKeys): DeclaredGates {
  return Object.fromEntries(keys.numbers.map(({ number }) => [number, declaredGate(number, keys)]));
}

function declaredGate(number: E164, { owners, tendlc, tollfree }: ApprovalKeys): DeclaredGate {
  if (senderKind(number) === "toll-free") return tollfreeGate(number, tollfree, owners);
  if (TEN_DIGITS.test(number)) return tendlcGate(tendlc, owners);
  const reasons = ["A2P 10DLC covers numbers of +1 alone, and nothing else approves this number"];
  return { kind: "local", plan: tendlc.plan, isWhole: false, reasons };
}
