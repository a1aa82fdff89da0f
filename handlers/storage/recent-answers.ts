/** The latest answers, in memory. Twilio repeats a webhook within seconds, even while the database is away. */
import type { Answer } from "../twilio/answer.ts";

/** The latest answers, by the hash of the signed string. */
export interface RecentAnswers {
  get(signedHash: string): Answer | undefined;
  set(signedHash: string, answer: Answer): void;
}

/** Keeps up to `limit` answers. A further one replaces the oldest. */
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
