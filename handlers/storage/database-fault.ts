/** What an error of the database means for the webhooks that it concerns. */
import { DatabaseError } from "pg";

/**
 * - `refused`: the database refuses the data itself, and would again: a data exception (class 22), a violated constraint (23) or an exceeded
 *   limit (54).
 * - `contended`: a row was locked (55P03), or others wrote it at the same time (40001, 40P01). The database is up.
 * - `late`: the statement took too long. For a statement of many webhooks, that says nothing about the database.
 * - `away`: anything else, and an error that is not the database's.
 *
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export type DatabaseFault = "refused" | "contended" | "late" | "away";

/** The message of `pg` if no answer came within `query_timeout`. The error has no code. */
const CLIENT_TIMEOUT = "Query read timeout";

/** Names the fault behind an error. */
export function faultOf(error: unknown): DatabaseFault {
  if (!(error instanceof DatabaseError))
    return error instanceof Error && error.message === CLIENT_TIMEOUT ? "late" : "away";
  const { code = "" } = error;
  if (/^(2[23]|54)/.test(code)) return "refused";
  if (["55P03", "40001", "40P01"].includes(code)) return "contended";
  return code === "57014" ? "late" : "away";
}

/** Whether the error is an answer that proves that the database is up. */
export function isAnswer(error: unknown): boolean {
  return ["refused", "contended"].includes(faultOf(error));
}

/** Whether the database refuses the data itself. */
export function isRefusal(error: unknown): boolean {
  return faultOf(error) === "refused";
}
