import { afterAll, beforeAll, expect, test } from "vitest";
import { type Certificates, makeCertificates } from "../../loopback/twilio/proxy/certificates.ts";
import { type LocalPostgres, startPostgres } from "../../tools/postgres/postgres.ts";
import { connectDatabase } from "./database.ts";
import { faultOf } from "./database-fault.ts";

let certificates: Certificates;
let postgres: LocalPostgres;
let url: string;

beforeAll(async () => {
  certificates = await makeCertificates(["localhost"]);
  postgres = await startPostgres(certificates);
  url = await postgres.createDatabase("hub");
});
afterAll(() => postgres.close());

/** Whether a connection uses TLS, as the server sees it. */
async function isEncrypted(databaseUrl: string, ca?: string): Promise<unknown> {
  const pool = connectDatabase(databaseUrl, 1, ca);
  try {
    const { rows } = await pool.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
    return rows[0]?.ssl;
  } finally {
    await pool.end();
  }
}

const byName = (query: string) => `${url.replace("127.0.0.1", "localhost")}?${query}`;

test.each(["require", "verify-ca", "verify-full"])(
  "a server of a private authority is trusted with its certificate alone, by sslmode=%s",
  async (mode) => {
    expect(await isEncrypted(byName(`sslmode=${mode}`), certificates.ca)).toBe(true);
    await expect(isEncrypted(byName(`sslmode=${mode}`))).rejects.toMatchObject({
      code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    });
  },
);

test("a server with another name than the certificate's is refused, even where libpq would not look", async () => {
  for (const query of ["sslmode=verify-full", "sslmode=verify-ca&uselibpqcompat=true"]) {
    await expect(isEncrypted(`${url}?${query}`, certificates.ca)).rejects.toMatchObject({
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
  }
});

test("another authority's certificate is refused", async () => {
  const { ca } = await makeCertificates(["localhost"]);
  await expect(isEncrypted(byName("sslmode=verify-full"), ca)).rejects.toThrow();
});

test("libpq's weaker modes do not turn the verification off", async () => {
  await expect(isEncrypted(byName("uselibpqcompat=true&sslmode=require"))).rejects.toMatchObject({
    code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  });
});

test("a certificate that is not verified and a server without TLS are a mistake, and no outage", async () => {
  const failure = (databaseUrl: string, ca?: string) => isEncrypted(databaseUrl, ca).catch((error: unknown) => error);
  const plain = await startPostgres();
  try {
    const without = `${await plain.createDatabase("hub")}?sslmode=verify-full`;
    const { ca } = await makeCertificates(["localhost"]);
    const failures = [
      await failure(byName("sslmode=verify-full")),
      await failure(byName("sslmode=verify-full"), ca),
      await failure(`${url}?sslmode=verify-full`, certificates.ca),
      await failure(without, ca),
    ];
    for (const error of failures) {
      expect(error).toBeInstanceOf(Error);
      expect([error, faultOf(error)]).toEqual([error, "mistake"]);
    }
  } finally {
    await plain.close();
  }
  expect(faultOf(await failure("postgres://127.0.0.1:1/hub?sslmode=verify-full"))).toBe("away");
});

test("on this machine the URL decides", async () => {
  expect(await isEncrypted(url)).toBe(false);
  expect(await isEncrypted(`${url}?sslmode=no-verify`)).toBe(true);
});

test("a pool to another machine without TLS is not made", () => {
  expect(() => connectDatabase("postgres://hub@db.example.com/hub", 1)).toThrow("on another machine");
});
