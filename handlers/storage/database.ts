/** Connections to the database. */
import { Pool } from "pg";
import { connectionTo } from "../database/database-connection.ts";
import { logError } from "../log/log.ts";

/** The longest time for a connection, a statement and its answer each, in milliseconds. It is below the deadline of an answer. */
const TIMEOUT_MS = 2_500;

/** The longest time that a statement waits for a locked row, in milliseconds. */
const LOCK_TIMEOUT_MS = 500;

/**
 * A pool that connects when a connection is needed, and again after a connection was cut.
 *
 * @param databaseUrl `postgresql://…`; on another machine, with `sslmode` for TLS
 * @param ca the certificates of the authorities that the server's certificate may come from, in PEM; by default those that Node trusts
 * @throws Error if {@link connectionTo} refuses the URL
 */
export function connectDatabase(databaseUrl: string, maxConnections: number, ca?: string): Pool {
  const pool = new Pool({
    ...connectionTo(databaseUrl, ca),
    max: maxConnections,
    application_name: "twilio-hub",
    connectionTimeoutMillis: TIMEOUT_MS,
    // The server ends the statement. If the server does not answer, the client ends the connection.
    statement_timeout: TIMEOUT_MS,
    // A locked row fails its own webhook, and not the others that wait.
    lock_timeout: LOCK_TIMEOUT_MS,
    query_timeout: TIMEOUT_MS + 250,
    keepAlive: true,
    // Earlier than a router on the way drops an idle connection.
    keepAliveInitialDelayMillis: 30_000,
    // A call every few minutes should not wait for a new connection each time.
    idleTimeoutMillis: 600_000,
  });
  // Without a listener, a cut would end the process. The pool listens only while a connection is idle. The next statement on it reports the cut.
  pool.on("connect", (client) => client.on("error", () => undefined));
  pool.on("error", (error) => logError("a database connection was cut", error));
  return pool;
}
