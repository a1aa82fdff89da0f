/** The webhooks that the drain passes over, so that the others do not wait for them. */

/** The webhooks to leave out of the next statement. */
export interface LeftOut {
  readonly rows: readonly string[];
  readonly kinds: readonly string[];
}

/** Rows and kinds of webhooks that are passed over until all others were tried. */
export interface PassedOver {
  /** The webhooks to leave out now. */
  leftOut(): LeftOut;
  /** Passes a row over: it is locked, or its webhook took too long. */
  row(row: string): void;
  /** Passes a kind of webhook over: the database refused the webhook of this row, and nothing shows that it takes any other of the kind. */
  kind(kind: string, row: string): void;
  /**
   * Lets some of them be tried again, because all others were tried: first the kinds, without the rows that were refused, so that another webhook
   * of the kind is tried; then everything.
   *
   * @returns how carefully to try them, or undefined if nothing is passed over
   */
  tryAgain(): "a few" | "all" | undefined;
}

/** Makes it, with nothing passed over. */
export function createPassedOver(): PassedOver {
  const rows = new Set<string>();
  const kinds = new Set<string>();
  return {
    leftOut: () => ({ rows: [...rows], kinds: [...kinds] }),
    row: (row) => void rows.add(row),
    kind: (kind, row) => {
      rows.add(row);
      kinds.add(kind);
    },
    tryAgain: () => {
      if (kinds.size > 0) {
        kinds.clear();
        return "a few";
      }
      if (rows.size === 0) return undefined;
      rows.clear();
      return "all";
    },
  };
}
