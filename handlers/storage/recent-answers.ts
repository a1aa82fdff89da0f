/** The latest answers, of this process and of the others on this machine. Twilio repeats a webhook within seconds, even while the database is away. */
import { logError } from "../log/log.ts";
import type { GivenAnswer } from "../spool/given-answers.ts";
import type { Spool } from "../spool/spool.ts";
import type { Answer } from "../twilio/answer.ts";

/** The latest answers, by the hash of the signed string. A spool that is broken must not keep a webhook from its answer. */
export interface RecentAnswers {
  get(signedHash: string): Answer | undefined;
  /** Remembers an answer that was given. */
  set(signedHash: string, answer: Answer): void;
  /** Tells the other processes of answers that are about to be given. Returns the answers to give: the first ones, if another process was first. */
  tell(given: readonly GivenAnswer[]): readonly Answer[];
}

/** The settings of {@link createRecentAnswers}. */
export interface RecentAnswersSettings {
  /** The number of answers that this process remembers. A further one replaces the oldest. */
  readonly limit: number;
  /** The file that the processes of this machine share, if there is one. */
  readonly spool: Pick<Spool, "answerTo" | "give"> | undefined;
}

/** How long a spool that took no answers is left alone, in milliseconds: each try may block for a moment. */
const PAUSE_MS = 1_000;

/** Makes the memory. */
export function createRecentAnswers({ limit, spool }: RecentAnswersSettings): RecentAnswers {
  const answers = new Map<string, Answer>();
  let tellFrom = Number.NEGATIVE_INFINITY;

  function answerInSpool(signedHash: string): Answer | undefined {
    try {
      return spool?.answerTo(signedHash);
    } catch (error) {
      logError("the spool cannot be read", error);
      return undefined;
    }
  }

  return {
    get: (signedHash) => answers.get(signedHash) ?? answerInSpool(signedHash),
    set: (signedHash, answer) => {
      answers.set(signedHash, answer);
      const [oldest] = answers.keys();
      if (answers.size > limit && oldest !== undefined) answers.delete(oldest);
    },
    tell: (given) => {
      const own = given.map(({ answer }) => answer);
      if (spool === undefined || performance.now() < tellFrom) return own;
      try {
        return spool.give(given);
      } catch (error) {
        logError("the spool did not take answers for the other processes", error);
        tellFrom = performance.now() + PAUSE_MS;
        return own;
      }
    },
  };
}
