/** The proof that one text passed the gate. Only this module can make one, only the gate asks it to, and only the sender of texts takes it. */
import type { E164 } from "../../../hub/values/values.ts";

/** The text that was let through, frozen: what leaves is this, and not what somebody holds beside it. */
export interface ClearedText {
  /** The id of the text in the outbox. */
  readonly id: string;
  readonly to: E164;
  readonly from: E164;
  readonly body: string;
}

/** How long a clearance counts, in milliseconds: what it proves may have changed since. */
export const CLEARANCE_LIFE_MS = 5_000;

/** Nobody else can name it, so nobody else can call the constructor, with the compiler or without. */
const MAKER = Symbol("the gate");

class Clearance {
  readonly #text: ClearedText;
  readonly #endsAt: number;
  #isUsed = false;

  constructor(maker: typeof MAKER, { id, to, from, body }: ClearedText) {
    if (maker !== MAKER) throw new Error("a clearance is made by the gate alone");
    this.#text = Object.freeze({ id, to, from, body });
    this.#endsAt = performance.now() + CLEARANCE_LIFE_MS;
    Object.freeze(this);
  }

  static redeem(clearance: Clearance): ClearedText {
    // The private name is in what the constructor made, and in no copy and no likeness of it.
    const isClearance = typeof clearance === "object" && clearance !== null && #text in clearance;
    if (!isClearance) throw new Error("this is no clearance of the gate; the text does not leave");
    if (clearance.#isUsed) throw new Error("this clearance was used before; the text does not leave again");
    clearance.#isUsed = true;
    if (performance.now() >= clearance.#endsAt) throw new Error("this clearance is too old; the text does not leave");
    return clearance.#text;
  }
}

/** A proof, for one text and one use, that counts for {@link CLEARANCE_LIFE_MS}. */
export type TextClearance = Clearance;

/** Makes the proof. For `text-gate.ts` alone: `test/no-other-way-to-text.test.ts` holds that. */
export function clearText(text: ClearedText): TextClearance {
  return new Clearance(MAKER, text);
}

/**
 * Uses a proof up.
 *
 * @returns the text that may leave
 * @throws Error where it is no proof of the gate's, was used before, or is too old
 */
export function redeem(clearance: TextClearance): ClearedText {
  return Clearance.redeem(clearance);
}
