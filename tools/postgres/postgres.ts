/** A real Postgres on 127.0.0.1, from npm's binaries, for the demo, the tests and the benchmarks. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../cli/free-port.ts";
import { withDatabase } from "./database-client.ts";
import { migrate } from "./migrate.ts";
import {
  makeDataFolder,
  offerTls,
  type PostgresProcess,
  runPostgres,
  type ServerCertificate,
} from "./postgres-process.ts";

/** A new Postgres cluster, in a folder that `close` removes. */
export interface LocalPostgres {
  /** Makes a database with the project's migrations, and returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Starts the server again after {@link LocalPostgres.stop}, on the same port, with the same data. */
  start(): Promise<void>;
  /** Stops the server as an administrator would: connections are closed, and committed data stays. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

const OWNER = "postgres";

/** The roles of Supabase's API. */
const ROLES = `
  create role anon nologin;
  create role authenticated nologin;
  create role service_role nologin bypassrls;`;

/** The privileges that Supabase gives these roles on every new table. */
const PRIVILEGES = `
  grant usage on schema public to anon, authenticated, service_role;
  alter default privileges in schema public grant all on tables to anon, authenticated, service_role;`;

/**
 * Starts a cluster on a free port, with Supabase's roles.
 *
 * @param tls the certificate with which the server offers TLS; by default it offers none
 * @throws Error with Postgres's output if it does not start
 */
export async function startPostgres(tls?: ServerCertificate): Promise<LocalPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-postgres-"));
  const port = await freePort();
  const urlOf = (database: string) => `postgres://${OWNER}@127.0.0.1:${port}/${database}`;
  const execute = (database: string, sql: string) => withDatabase(urlOf(database), (client) => client.query(sql));
  const data = join(folder, "data");
  let server: PostgresProcess | undefined;
  const start = async () => {
    server = await runPostgres(data, port);
  };
  const stop = async () => server?.stop();
  const close = async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await makeDataFolder(folder, data, OWNER);
    if (tls !== undefined) await offerTls(data, tls);
    await start();
    await execute("postgres", ROLES);
  } catch (error) {
    await close();
    throw error;
  }
  const createDatabase = async (name: string) => {
    await execute("postgres", `create database ${name}`);
    await execute(name, PRIVILEGES);
    await migrate(urlOf(name));
    return urlOf(name);
  };
  return { createDatabase, start, stop, close };
}
