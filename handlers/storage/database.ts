/** Connections to the database. */
import { DatabaseError, Pool } from "pg";
import { logError } from "../log.ts";

/** How long a connection, a statement and its answer may each take, in milliseconds: all under the deadline of an answer. */
const TIMEOUT_MS = 2_500;

/**
 * Connections that are made when they are needed, and again when they were cut.
 *
 * @param databaseUrl `postgresql://…`, with `sslmode` where it asks for TLS
 */
export function connectDatabase(databaseUrl: string, maxConnections: number): Pool {
  const pool = new Pool({
    connectionString: databaseUrl,
    max: maxConnections,
    application_name: "twilio-hub",
    connectionTimeoutMillis: TIMEOUT_MS,
    // The server ends the statement; the client ends the connection where the server does not answer.
    statement_timeout: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS + 250,
    keepAlive: true,
    // A call every few minutes should not wait for a new connection each time.
    idleTimeoutMillis: 600_000,
  });
  // Without a listener a cut of an idle connection would end the process.
  pool.on("error", (error) => logError("a database connection was cut", error));
  return pool;
}

/**
 * Whether the database refuses what it was given, and would again: a data exception (class 22) or a broken constraint (23).
 * Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && /^2[23]/.test(error.code ?? "");
}
