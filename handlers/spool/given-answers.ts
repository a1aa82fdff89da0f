/**
 * The answers that the processes of a machine have given lately. Twilio repeats a webhook within seconds, to whichever process takes it, and must
 * get the same answer even if the database went away or came back in between.
 *
 * The file holds them as a log, and each process reads what the others have appended. An index by the hash would write ten times as much.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Answer } from "../twilio/answer.ts";

/** An answer that is about to be given. */
export interface GivenAnswer {
  /** The hash of the webhook's signed string. */
  readonly signedHash: string;
  readonly answer: Answer;
}

/** Notes answers. It must run in a transaction that writes. Returns the first answer that was noted for each webhook: that one is to be given. */
export type NoteAnswers = (given: readonly GivenAnswer[]) => Answer[];

/** The answers in a spool file. */
export interface GivenAnswers {
  /** The answer that was given to a webhook. */
  find(signedHash: string): Answer | undefined;
  /** Notes answers over a connection to the file. */
  noteOver(connection: DatabaseSync): NoteAnswers;
}

/** The least number of answers that are kept. Each has a kilobyte or so. */
const KEPT_ANSWERS = 2_000;

/** The number of writes after which the oldest answers are removed from the file. */
const TRIM_EVERY = 100;

const AnswerRow = z.object({ number: z.number(), signed_hash: z.string(), answer: z.string() });

/** The answers of an open spool file. */
export function createGivenAnswers(database: DatabaseSync): GivenAnswers {
  const appended = database.prepare("select number, signed_hash, answer from answers where number > ? order by number");
  const known = new Map<string, Answer>();
  let last = 0;

  /** Reads what was committed since the last time. */
  function catchUp(): void {
    for (const row of appended.iterate(last)) {
      const { number, signed_hash: signedHash, answer } = AnswerRow.parse(row);
      known.set(signedHash, answerFrom(answer));
      last = number;
      const [oldest] = known.keys();
      if (known.size > KEPT_ANSWERS && oldest !== undefined) known.delete(oldest);
    }
  }

  return {
    find: (signedHash) => {
      const found = known.get(signedHash);
      if (found !== undefined) return found;
      catchUp();
      return known.get(signedHash);
    },
    noteOver: (connection) => {
      const insert = connection.prepare("insert into answers (signed_hash, answer) values (?, ?)");
      const trim = connection.prepare(
        `delete from answers where number <= (select max(number) from answers) - ${KEPT_ANSWERS}`,
      );
      let writes = 0;
      return (given) => {
        // Nobody else can write now. The new answers are read once they are committed, so one that is rolled back is never known.
        catchUp();
        writes += 1;
        if (writes % TRIM_EVERY === 0) trim.run();
        return given.map(({ signedHash, answer }) => {
          const first = known.get(signedHash);
          if (first === undefined) insert.run(signedHash, JSON.stringify(answer));
          return first ?? answer;
        });
      };
    },
  };
}

/** Parses an answer that this folder wrote. */
export function answerFrom(text: string): Answer {
  return JSON.parse(text);
}
