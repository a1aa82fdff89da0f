/** The last answers that were given, in memory: Twilio repeats a webhook within seconds, also while the database is away. */
import type { Answer } from "../twilio/answer.ts";

/** The last answers, by the hash of what was signed. */
export interface RecentAnswers {
  get(signedHash: string): Answer | undefined;
  set(signedHash: string, answer: Answer): void;
}

/** Keeps as many answers; a further one takes the place of the oldest. */
export function createRecentAnswers(limit: number): RecentAnswers {
  const answers = new Map<string, Answer>();
  return {
    get: (signedHash) => answers.get(signedHash),
    set: (signedHash, answer) => {
      answers.set(signedHash, answer);
      const [oldest] = answers.keys();
      if (answers.size > limit && oldest !== undefined) answers.delete(oldest);
    },
  };
}
