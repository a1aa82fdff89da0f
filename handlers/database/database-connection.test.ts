import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { connectionTo } from "./database-connection.ts";

const REMOTE = "postgres://hub:hidden-word@db.hidden-project.supabase.co:5432/postgres";
const LOCAL = "postgres://hub:hidden-word@127.0.0.1:5432/hub";

afterEach(() => vi.unstubAllEnvs());

function complaint(url: string): string {
  try {
    connectionTo(url);
    return "no error";
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
}

describe("a connection to another machine", () => {
  it.each([
    "",
    "?sslmode=disable",
    "?sslmode=allow",
    "?sslmode=prefer",
    "?sslmode=no-verify",
    "?sslmode=Verify-Full",
    "?sslmode=",
    "?ssl=0",
    "?ssl=false",
    "?ssl=no-verify",
    "?sslrootcert=/etc/ssl/hidden.pem",
    "?sslmode=verify-full&sslmode=disable",
    "?sslmode=disable&ssl=true",
    "?uselibpqcompat=true&sslmode=prefer",
    "?application_name=hub",
  ])("is refused with %j, and the message says what to write", (query) => {
    const message = complaint(`${REMOTE}${query}`);
    expect(message).toMatch(/^the database is on another machine, .*\?sslmode=verify-full.*DATABASE_CA_FILE/);
    expect(message).not.toMatch(/hidden|\n/);
  });

  it.each([
    "?sslmode=require",
    "?sslmode=verify-ca",
    "?sslmode=verify-full",
    "?ssl=true",
    "?ssl=1&sslmode=verify-full",
  ])("is verified in full with %s", (query) => {
    expect(connectionTo(`${REMOTE}${query}`)).toEqual({ connectionString: REMOTE, ssl: { rejectUnauthorized: true } });
  });

  it("is verified in full where libpq would verify less, and keeps the other parameters", () => {
    const url = `${REMOTE}?uselibpqcompat=true&sslmode=require&options=-c%20search_path%3Dhub&sslrootcert=system`;
    const { connectionString, ssl } = connectionTo(url, "the certificates");
    expect(ssl).toEqual({ rejectUnauthorized: true, ca: "the certificates" });
    expect([...new URL(connectionString ?? "").searchParams]).toEqual([["options", "-c search_path=hub"]]);
  });

  it.each([
    "postgres://hub@localhost.example.com/hub",
    "postgres://hub@127.0.0.1.example.com/hub",
    "postgres://hub@10.0.0.5/hub",
    "postgres://hub@[::2]/hub",
    "postgres://hub@[::ffff:10.0.0.5]/hub",
    "postgres://hub@127.0.0.1/hub?host=db.example.com",
    "postgres://hub@db/hub",
    "postgres://hub@0.0.0.0/hub",
  ])("is one to %s", (url) => expect(complaint(url)).toContain("on another machine"));

  it("is one to the host of PGHOST if the URL names none", () => {
    expect(complaint("postgres:///hub")).toBe("no error");
    vi.stubEnv("PGHOST", "db.example.com");
    expect(complaint("postgres:///hub")).toContain("on another machine");
  });
});

describe("a connection on this machine", () => {
  it.each([
    LOCAL,
    `${LOCAL}?sslmode=disable`,
    `${LOCAL}?sslmode=no-verify`,
    "postgres://hub@127.9.9.9/hub",
    "postgres://hub@LOCALHOST/hub",
    "postgres://hub@[::1]:5433/hub",
    "postgres:///hub?host=/var/run/postgresql",
    "postgres://%2Fvar%2Frun%2Fpostgresql/hub",
    "postgres://hub@db.example.com/hub?host=127.0.0.1",
  ])("is as the URL says: %s", (url) => expect(connectionTo(url)).toEqual({ connectionString: url }));

  it("is verified if the URL asks for TLS", () => {
    expect(connectionTo(`${LOCAL}?sslmode=require`)).toEqual({
      connectionString: LOCAL,
      ssl: { rejectUnauthorized: true },
    });
  });
});

it.each([
  "postgres://hub@aws-0-eu.pooler.supabase.com:6543/postgres?sslmode=verify-full",
  "postgres://hub@127.0.0.1:6543/hub",
  "postgres://hub@127.0.0.1/hub?port=6543",
])("refuses the transaction pooler: %s", (url) => {
  expect(complaint(url)).toMatch(/^port 6543 is a transaction pooler; expected .* port 5432$/);
});

it("refuses it by PGPORT too", () => {
  vi.stubEnv("PGPORT", "6543");
  expect(complaint("postgres://hub@127.0.0.1/hub")).toContain("port 6543");
});

it("reads the files that the URL names, and says which one is missing", () => {
  const folder = mkdtempSync(join(tmpdir(), "certificates-"));
  try {
    for (const name of ["ca", "cert", "key"]) writeFileSync(join(folder, name), `the ${name}`);
    const files = `sslrootcert=${folder}/ca&sslcert=${folder}/cert&sslkey=${folder}/key`;
    expect(connectionTo(`${REMOTE}?sslmode=verify-full&${files}`).ssl).toEqual({
      rejectUnauthorized: true,
      ca: "the ca",
      cert: "the cert",
      key: "the key",
    });
    expect(complaint(`${REMOTE}?sslmode=verify-full&sslrootcert=/none.pem`)).toBe(
      "the file of its sslrootcert cannot be read (ENOENT); correct the path",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
