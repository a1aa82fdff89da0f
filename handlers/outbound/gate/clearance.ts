/**
 * The proof that one text from one sender passed the gate. Only this module can make it, only the gate calls this module to make one, and only the sender of
 * texts takes one.
 */
import type { E164 } from "../../../hub/values/values.ts";

/** The cleared text. It is a frozen copy: later changes to the original do not affect the text that is sent. */
export interface ClearedText {
  /** The id of the text in the outbox. */
  readonly id: string;
  readonly to: E164;
  readonly from: E164;
  readonly body: string;
}

/** How long a clearance is valid, in milliseconds. After that the approvals may have changed. */
export const CLEARANCE_LIFE_MS = 5_000;

/** The key to the constructor. It is private to this module, so no other code can construct a clearance, type-checked or not. */
const MAKER = Symbol("the gate");

class Clearance {
  readonly #text: ClearedText;
  readonly #endsAt: number;
  #isUsed = false;

  constructor(maker: typeof MAKER, { id, to, from, body }: ClearedText) {
    if (maker !== MAKER) throw new Error("only the gate can make a clearance");
    this.#text = Object.freeze({ id, to, from, body });
    this.#endsAt = performance.now() + CLEARANCE_LIFE_MS;
    Object.freeze(this);
  }

  static redeem(clearance: Clearance, sender: E164): ClearedText {
    // Only an object that the constructor made has the private name; a copy or an imitation does not.
    const isClearance = typeof clearance === "object" && clearance !== null && #text in clearance;
    if (!isClearance) throw new Error("this is not a clearance of the gate; the text is not sent");
    if (clearance.#isUsed) throw new Error("this clearance was used before; the text is not sent again");
    clearance.#isUsed = true;
    if (performance.now() >= clearance.#endsAt) throw new Error("this clearance is too old; the text is not sent");
    if (clearance.#text.from !== sender) throw new Error("this clearance is another sender's; the text is not sent");
    return clearance.#text;
  }
}

/** A proof for one text of one sender, and one use. It is valid for {@link CLEARANCE_LIFE_MS}. */
export type TextClearance = Clearance;

/** Makes a clearance. Only `text-gate.ts` may call it; `test/no-other-way-to-text.test.ts` enforces that. */
export function clearText(text: ClearedText): TextClearance {
  return new Clearance(MAKER, text);
}

/**
 * Uses a clearance up.
 *
 * @param sender the number that the text leaves from
 * @returns the text that may be sent
 * @throws Error if the gate did not make the clearance, or it is another sender's, was used before or is too old
 */
export function redeem(clearance: TextClearance, sender: E164): ClearedText {
  return Clearance.redeem(clearance, sender);
}
