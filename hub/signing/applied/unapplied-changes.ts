/**
 * The changes of Rules that Twilio has not applied. A write is saved at once, so a list shows it as if it applied; an Operation tells whether it does.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-operations.
 */
import type { LiveOperation, LiveSigning } from "../live-rules.ts";

/** The account's Rules and Settings as they are saved, and the Operations that tell what of it applies. */
export interface AppliedSigning extends LiveSigning {
  readonly operations: readonly LiveOperation[];
}

/** The last Operation of each Rule whose last change Twilio has not applied, by the Rule's ID. A removed Rule is in no list. */
export function unappliedChanges(operations: readonly LiveOperation[]): ReadonlyMap<string, LiveOperation> {
  const last = new Map<string, LiveOperation>();
  for (const operation of operations.toSorted(byCreation)) last.set(operation.resourceId ?? "", operation);
  return new Map([...last].filter(([, { status }]) => status !== "COMPLETED"));
}

/** Whether Twilio is still at work on an Operation. */
export function isUnderWay({ status }: Pick<LiveOperation, "status">): boolean {
  return status === "PENDING" || status === "RUNNING";
}

function byCreation(one: LiveOperation, other: LiveOperation): number {
  return Date.parse(one.createdAt ?? "") - Date.parse(other.createdAt ?? "") || 0;
}
