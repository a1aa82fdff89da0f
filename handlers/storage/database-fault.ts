/** The meaning of a database error for the webhooks that it concerns. */
import { DatabaseError } from "pg";

/**
 * - `refused`: the database refuses the data itself, and would again: a data exception (class 22), a violated constraint (23) or an exceeded
 *   limit (54).
 * - `contended`: a row was locked (55P03), or others wrote it at the same time (40001, 40P01). The database is up.
 * - `late`: the statement took too long. For a statement of many webhooks, that says nothing about the database.
 * - `mistake`: the database is there but refuses the handler: a wrong role or password (28), a wrong database name (3D), missing tables, columns
 *   or privileges (3F, 42), or a certificate that cannot be verified. A person must correct it; waiting does not help.
 * - `away`: anything else, and an error that is not the database's.
 *
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export type DatabaseFault = "refused" | "contended" | "late" | "mistake" | "away";

const CONTENDED = ["55P03", "40001", "40P01"];
const LATE = "57014";

/** The message of `pg` if no answer came within `query_timeout`. The error has no code. */
const CLIENT_TIMEOUT = "Query read timeout";

/** Supabase's pooler says this for a wrong role or project (https://github.com/supabase/supavisor/issues/364), with a code of no class above. */
const UNKNOWN_TENANT = /^tenant or user not found/i;

/**
 * The codes of Node for a certificate that is not verified: of an unknown authority, of another name, or not valid today
 * (https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes).
 */
const UNVERIFIED =
  /^(UNABLE_TO_(VERIFY|GET_ISSUER|DECODE)|(DEPTH_ZERO_)?SELF_SIGNED_CERT|CERT_|INVALID_CA|ERR_TLS_CERT_)/;

/** The message of `pg` if the URL asks for TLS and the server offers none. The error has no code. */
const NO_TLS = "The server does not support SSL connections";

/** Names the fault behind an error. */
export function faultOf(error: unknown): DatabaseFault {
  if (!(error instanceof DatabaseError)) return connectionFaultOf(error);
  const { code = "", message } = error;
  if (/^(2[23]|54)/.test(code)) return "refused";
  if (/^(28|3D|3F|42)/.test(code) || UNKNOWN_TENANT.test(message)) return "mistake";
  if (CONTENDED.includes(code)) return "contended";
  return code === LATE ? "late" : "away";
}

function connectionFaultOf(error: unknown): DatabaseFault {
  if (!(error instanceof Error)) return "away";
  const { message } = error;
  const code = "code" in error ? String(error.code) : "";
  if (UNVERIFIED.test(code) || message === NO_TLS) return "mistake";
  return message === CLIENT_TIMEOUT ? "late" : "away";
}

/** Whether the error is an answer that proves that the database is up. */
export function isAnswer(error: unknown): boolean {
  return ["refused", "contended"].includes(faultOf(error));
}

/** Whether the database refuses the data itself. */
export function isRefusal(error: unknown): boolean {
  return faultOf(error) === "refused";
}

/**
 * The reason of a fault, in one line without a caller's data: the database's code, and its message or the names of the column and the constraint.
 * The message of a refusal may quote the data, so it is left out.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof DatabaseError)) return error instanceof Error ? error.message : String(error);
  const { code, message, table, column, constraint } = error;
  const named = [table && `table ${table}`, column && `column ${column}`, constraint && `constraint ${constraint}`];
  return [`SQLSTATE ${code}`, ...(isRefusal(error) ? named.filter(Boolean) : [message])].join(", ");
}
