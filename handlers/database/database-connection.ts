/** The place of the database, and the protection of the connection to it. */
import { readFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { Client, type PoolConfig } from "pg";

/** Supabase's transaction pooler. It gives each transaction another session, so neither time-outs nor prepared statements hold. */
const TRANSACTION_POOLER_PORT = 6543;

/** The values of `sslmode` and `ssl` that ask for TLS. With `prefer` and `no-verify`, anybody on the way could be the database. */
const ASK_FOR_TLS: readonly (readonly [name: string, values: readonly string[]])[] = [
  ["sslmode", ["require", "verify-ca", "verify-full"]],
  ["ssl", ["true", "1"]],
];

/** The parameters with which `pg` decides on TLS, and with which it would overrule ours (pg-connection-string 2.14.1, `index.js`). */
const TLS_PARAMETERS = ["ssl", "sslmode", "sslrootcert", "sslcert", "sslkey", "uselibpqcompat"];

/** The advice for a database on another machine. */
const ADVICE =
  "add ?sslmode=verify-full, and for a private authority like Supabase's name its certificate in DATABASE_CA_FILE (docs/handler.md#database)";

/**
 * The settings of a connection to a URL. A connection to another machine is encrypted, and the server's certificate and name are verified, whichever
 * `sslmode` asks for TLS. On this machine, and over a socket, the URL decides.
 *
 * @param databaseUrl `postgres://…` or `postgresql://…`
 * @param ca the certificates of the authorities to trust instead of Node's, in PEM; instead of `sslrootcert` too
 * @throws Error in one line, without any part of the URL, if it leads to another machine without verified TLS or to a transaction pooler, or if a file
 *   that it names cannot be read
 */
export function connectionTo(databaseUrl: string, ca?: string): Pick<PoolConfig, "connectionString" | "ssl"> {
  const { plainUrl, parameters } = withoutTlsParameters(databaseUrl);
  const { host, port } = targetOf(plainUrl);
  if (port === TRANSACTION_POOLER_PORT) {
    throw new Error(
      "port 6543 is a transaction pooler; expected the session pooler or the database itself, on port 5432",
    );
  }
  if (asksForTls(parameters)) return { connectionString: plainUrl, ssl: verifiedTls(parameters, ca) };
  if (!isLocal(host)) {
    throw new Error(
      `the database is on another machine, and the URL asks for no TLS with a verified certificate; ${ADVICE}`,
    );
  }
  return { connectionString: databaseUrl };
}

/** The URL without the parameters of TLS, unchanged if it has none, and these parameters. */
function withoutTlsParameters(databaseUrl: string): { plainUrl: string; parameters: URLSearchParams } {
  const url = new URL(databaseUrl);
  const parameters = new URLSearchParams([...url.searchParams].filter(([name]) => TLS_PARAMETERS.includes(name)));
  for (const name of TLS_PARAMETERS) url.searchParams.delete(name);
  return { plainUrl: parameters.size === 0 ? databaseUrl : url.href, parameters };
}

/** Where `pg` connects: a parameter of the URL or a variable like PGHOST may name another host than the URL does. */
function targetOf(connectionString: string): { readonly host: string; readonly port: number } {
  const { host, port } = new Client({ connectionString, ssl: true });
  return { host, port };
}

/** Whether at least one parameter asks for TLS, and none for less. `pg` takes the last of several, so each counts. */
function asksForTls(parameters: URLSearchParams): boolean {
  const asked = ASK_FOR_TLS.map(([name, values]) => ({ values, given: parameters.getAll(name) }));
  return (
    asked.some(({ given }) => given.length > 0) &&
    asked.every(({ values, given }) => given.every((value) => values.includes(value)))
  );
}

function verifiedTls(parameters: URLSearchParams, given: string | undefined): ConnectionOptions {
  const ca = given ?? contentOf(parameters, "sslrootcert");
  const cert = contentOf(parameters, "sslcert");
  const key = contentOf(parameters, "sslkey");
  return {
    rejectUnauthorized: true,
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

/** The content of the file that a parameter names; undefined without one. `system` stands for the authorities that everybody trusts. */
function contentOf(parameters: URLSearchParams, name: string): string | undefined {
  const file = parameters.getAll(name).at(-1) ?? "";
  if (file === "" || file === "system") return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
    throw new Error(`the file of its ${name} cannot be read (${reason}); correct the path`, { cause });
  }
}

/** Whether a host is this machine: a socket's folder, or an address of the loopback interface. A name that only resolves to one is not trusted. */
function isLocal(host: string): boolean {
  return (
    host.startsWith("/") ||
    ["localhost", "::1"].includes(host.toLowerCase()) ||
    (isIPv4(host) && host.startsWith("127."))
  );
}
