/** Connections to the database. */
import { DatabaseError, Pool } from "pg";
import { logError } from "../log/log.ts";

/** How long a connection, a statement and its answer may each take, in milliseconds: all under the deadline of an answer. */
const TIMEOUT_MS = 2_500;

/** How long a statement waits for a row, in milliseconds. */
const LOCK_TIMEOUT_MS = 500;

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
    // A row that somebody holds fails its own webhook, and not the others that wait.
    lock_timeout: LOCK_TIMEOUT_MS,
    query_timeout: TIMEOUT_MS + 250,
    keepAlive: true,
    // Before a router between here and the database forgets the connection.
    keepAliveInitialDelayMillis: 30_000,
    // A call every few minutes should not wait for a new connection each time.
    idleTimeoutMillis: 600_000,
  });
  // Without a listener a cut of an idle connection would end the process.
  pool.on("error", (error) => logError("a database connection was cut", error));
  return pool;
}

/**
 * Whether the database refuses what it was given, and would again: a data exception (class 22), a broken constraint (23), or more than fits
 * (54). Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isRefusal(error: unknown): boolean {
  return error instanceof DatabaseError && /^(2[23]|54)/.test(error.code ?? "");
}

/** Whether an error says that the database is away: not that it refuses something, and not that a row is locked (55P03). */
export function isAway(error: unknown): boolean {
  return !isRefusal(error) && !(error instanceof DatabaseError && error.code === "55P03");
}
