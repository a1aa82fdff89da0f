/** How many webhooks the drain writes in one statement. */

/** The amount of the next statement, which follows the database's speed. */
export interface Pace {
  /** The most webhooks of the next statement, at least 1. */
  readonly amount: number;
  /** Notes that the database took this many in so many milliseconds. If that was quick, the next statement may have twice as many. */
  took(webhooks: number, milliseconds: number): void;
  /** Notes that a statement of this many came too late or failed because of some of them: the next has half of that. */
  failed(webhooks: number): void;
  /** Notes that nothing shows whether the database takes any. */
  restart(): void;
}

const FIRST_AMOUNT = 32;
const MOST = 512;

/**
 * The time, in milliseconds, below which a statement of twice as many webhooks surely ends in time. A quarter of the time limit of a statement
 * (`handlers/storage/database.ts`) leaves room for a database that slows down.
 */
const QUICK_MS = 600;

/** Makes a pace. */
export function createPace(): Pace {
  let amount = FIRST_AMOUNT;
  return {
    get amount() {
      return amount;
    },
    took: (webhooks, milliseconds) => {
      if (milliseconds < QUICK_MS) amount = Math.min(MOST, Math.max(amount, webhooks * 2));
    },
    failed: (webhooks) => {
      amount = Math.max(1, Math.floor(Math.min(amount, webhooks) / 2));
    },
    restart: () => {
      amount = 1;
    },
  };
}
