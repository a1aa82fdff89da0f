import type { SigningKey } from "../config/signing.ts";

/** Whether a key may sign at a moment: from its `from` on, and no longer from its `until` on. */
export type KeyState = "not yet valid" | "valid" | "expired";

/** The state of a signing key at a moment. */
export function keyState({ from, until }: Pick<SigningKey, "from" | "until">, now: Date): KeyState {
  if (until !== undefined && Date.parse(until) <= now.getTime()) return "expired";
  return Date.parse(from) <= now.getTime() ? "valid" : "not yet valid";
}
