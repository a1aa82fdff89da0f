import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { HandlerEnvironment } from "../../hub/config/environment.ts";
import { makeCertificates } from "../../loopback/twilio/proxy/certificates.ts";
import { EnvironmentError, readEnvironment, resolveEnvironment } from "./environment.ts";

const COMMON: Readonly<Record<string, string>> = {
  DATABASE_URL: "postgres://hub:hidden-word@127.0.0.1:5432/hub",
  OPENCLAW_URL: "http://127.0.0.1:18789/",
  OPENCLAW_HOOK_TOKEN: "hidden-token",
  OUTBOUND_TOKEN: "hidden-token-of-32-characters-0000",
  DISCORD_OPS_WEBHOOK: "https://discord.com/api/webhooks/1/hidden-hook",
  SPOOL_FILE: "/var/lib/twilio-hub/spool.sqlite",
};
const FOLDER = { ...COMMON, RECORDINGS_FOLDER: "/var/lib/twilio-hub/recordings" };
const BUCKET = {
  ...COMMON,
  SUPABASE_URL: "https://abcdefghijklmnopqrst.supabase.co",
  SUPABASE_SERVICE_ROLE_KEY: "hidden-key",
  RECORDINGS_BUCKET: "recordings",
};

/** The error message for an environment that does not let the server start. */
function complaint(variables: Readonly<Record<string, string | undefined>>, host: "server" | "lambda" = "server") {
  try {
    // The overloads take one host each.
    if (host === "server") readEnvironment(variables, host);
    else readEnvironment(variables, host);
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    return error instanceof Error ? error.message : "";
  }
  return "no error";
}

describe("readEnvironment", () => {
  it("reads the server's environment, with its defaults", async () => {
    expect(await resolveEnvironment(readEnvironment(FOLDER, "server"))).toEqual({
      databaseUrl: COMMON.DATABASE_URL,
      answerDeadlineMs: 4000,
      logLevel: "info",
      openclaw: { url: "http://127.0.0.1:18789", hookToken: "hidden-token" },
      outboundToken: COMMON.OUTBOUND_TOKEN,
      discordOpsWebhook: COMMON.DISCORD_OPS_WEBHOOK,
      spoolFile: "/var/lib/twilio-hub/spool.sqlite",
      recordings: { folder: "/var/lib/twilio-hub/recordings" },
    });
  });

  it("reads a bucket instead of a folder", async () => {
    expect((await resolveEnvironment(readEnvironment(BUCKET, "server"))).recordings).toEqual({
      supabaseUrl: "https://abcdefghijklmnopqrst.supabase.co",
      serviceRoleKey: "hidden-key",
      bucket: "recordings",
    });
  });

  it("reads only the database, the deadline and the level on Lambda", async () => {
    const { DATABASE_URL } = COMMON;
    const variables = { DATABASE_URL, ANSWER_DEADLINE_MS: "2000", LOG_LEVEL: "error", SPOOL_FILE: "wrong" };
    expect(await resolveEnvironment(readEnvironment(variables, "lambda"))).toEqual({
      databaseUrl: DATABASE_URL,
      answerDeadlineMs: 2000,
      logLevel: "error",
    });
    expect(complaint({}, "lambda")).toBe(
      "the handler's environment is wrong: DATABASE_URL: missing; expected a postgres:// or postgresql:// URL, " +
        "or its 1Password reference, like op://Aurora/supabase/database-url",
    );
  });

  it.each(Object.keys(FOLDER))("names %s if it is missing or empty, with the expected value", (name) => {
    for (const value of [undefined, ""]) {
      const message = complaint({ ...FOLDER, [name]: value });
      expect(message).toMatch(
        new RegExp(`^the handler's environment is wrong: ${name}: missing; expected .*, like \\S+`),
      );
      expect(message).not.toContain("\n");
    }
  });

  it.each(["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY", "RECORDINGS_BUCKET"])(
    "names %s if the others of the bucket are set",
    (name) =>
      expect(complaint({ ...BUCKET, [name]: "" })).toMatch(new RegExp(`wrong: ${name}: missing; expected .*, like`)),
  );

  it("names all of them at once, one a line", () => {
    const lines = complaint({ ANSWER_DEADLINE_MS: "soon", SUPABASE_URL: "x" }).split("\n");
    const names = lines.slice(1).map((line) => /^ {2}- ([A-Z_]+): /.exec(line)?.[1]);
    expect(lines[0]).toBe("the handler's environment is wrong:");
    expect(names.toSorted()).toEqual([...Object.keys(BUCKET), "ANSWER_DEADLINE_MS"].toSorted());
  });

  it("requires exactly one place for recordings", () => {
    expect(complaint(COMMON)).toContain(
      "RECORDINGS_FOLDER: missing; expected an absolute path, like /var/lib/twilio-hub/recordings, " +
        "or SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY and RECORDINGS_BUCKET instead",
    );
    expect(complaint({ ...FOLDER, RECORDINGS_BUCKET: "recordings" })).toContain(
      "not both; unset RECORDINGS_FOLDER or RECORDINGS_BUCKET",
    );
  });

  it.each([
    ["OPENCLAW_URL", "http://gateway.example:18789"],
    ["OPENCLAW_URL", "http://127.0.0.1.example"],
    ["OPENCLAW_URL", "127.0.0.1:18789"],
    ["OPENCLAW_URL", "ftp://127.0.0.1"],
    ["OPENCLAW_URL", "https://gateway.example?x=1"],
    ["SPOOL_FILE", "spool"],
    ["SPOOL_FILE", "/var/lib/twilio-hub/"],
    ["RECORDINGS_FOLDER", "./recordings"],
    ["ANSWER_DEADLINE_MS", "499"],
    ["ANSWER_DEADLINE_MS", "4501"],
    ["ANSWER_DEADLINE_MS", "4e3"],
    ["ANSWER_DEADLINE_MS", "1000.5"],
    ["ANSWER_DEADLINE_MS", "-1000"],
    ["DATABASE_CA_FILE", "certificates/supabase.pem"],
    ["LOG_LEVEL", "verbose"],
    ["LOG_LEVEL", "INFO"],
  ])("refuses %s=%s, with an example", (name, value) => {
    const message = complaint({ ...FOLDER, [name]: value });
    expect(message).toMatch(new RegExp(`wrong: ${name}: expected .*, like \\S+.*; (found|the value found)`));
  });

  it.each([
    ["postgres://hub:hidden@db.example.com/hub", "the database is on another machine, .*DATABASE_CA_FILE"],
    ["postgres://hub:hidden@db.example.com/hub?sslmode=prefer", "the database is on another machine, "],
    ["postgres://hub:hidden@127.0.0.1:6543/hub", "port 6543 is a transaction pooler"],
  ])("refuses DATABASE_URL=%s without showing it", (value, problem) => {
    const message = complaint({ ...FOLDER, DATABASE_URL: value });
    expect(message).toMatch(new RegExp(`wrong: DATABASE_URL: ${problem}.* \\(the value found is not shown\\)$`));
    expect(message).not.toContain("hidden");
  });

  it.each(["a/b", "a b"])("refuses %j as a bucket", (bucket) => {
    expect(complaint({ ...BUCKET, RECORDINGS_BUCKET: bucket })).toContain(`; found "${bucket}"`);
  });

  it.each(["https://gateway.example", "https://gateway.example/claw/", "http://localhost:1", "http://[::1]:1"])(
    "accepts %s for the gateway",
    (url) => {
      expect(readEnvironment({ ...FOLDER, OPENCLAW_URL: url }, "server").openclaw.url).toBe(url.replace(/\/$/, ""));
    },
  );

  it.each([
    ["DATABASE_URL", "mysql://hub:hidden@127.0.0.1/hub"],
    ["DATABASE_URL", "hidden"],
    ["DATABASE_URL", "op://hidden"],
    ["OPENCLAW_HOOK_TOKEN", "hidden token"],
    ["OPENCLAW_HOOK_TOKEN", "hidden\n"],
    ["OUTBOUND_TOKEN", `hidden-${"0".repeat(24)}`],
    ["OUTBOUND_TOKEN", `hidden ${"0".repeat(32)}`],
    ["DISCORD_OPS_WEBHOOK", "http://discord.com/hidden"],
    ["DISCORD_OPS_WEBHOOK", "discord.com/hidden"],
    ["SUPABASE_SERVICE_ROLE_KEY", "hidden key"],
    ["SUPABASE_URL", "https://user:hidden@project.supabase.co"],
    ["OPENCLAW_URL", "https://gateway.example/?token=hidden"],
  ])("refuses %s=%j without showing it", (name, value) => {
    const message = complaint({ ...BUCKET, [name]: value });
    expect(message).toContain(`${name}: expected `);
    expect(message).toContain("the value found is not shown");
    expect(message).not.toContain("hidden");
  });

  it("shows no secret when the environment is printed", () => {
    expect(inspect(readEnvironment(BUCKET, "server"), { depth: 9 })).not.toContain("hidden");
  });
});

describe("what a release may carry (hub:environment)", () => {
  const WRONG = { ANSWER_DEADLINE_MS: "x", LOG_LEVEL: "x", OP_SERVICE_ACCOUNT_TOKEN_FILE: "x", DATABASE_CA_FILE: "x" };
  const namesIn = (message: string) => [...message.matchAll(/^ {2}- ([A-Z_]+): /gm)].map(([, name = ""]) => name);

  it("is exactly the environment that the handler reads", () => {
    const read = [...namesIn(complaint(WRONG)), ...namesIn(complaint({ ...WRONG, SUPABASE_URL: "x" }))];
    expect([...new Set(read)].toSorted()).toEqual(Object.keys(HandlerEnvironment.shape).toSorted());
  });

  it("is a reference exactly where the handler reads a secret", () => {
    for (const [name, schema] of Object.entries(HandlerEnvironment.shape)) {
      const isSecret = !schema.safeParse("/plain").success;
      // A value that is not shown may be secret.
      const message = complaint({ ...WRONG, SUPABASE_URL: "https://a.example", [name]: "a b" });
      const line = message.split("\n").find((text) => text.includes(`- ${name}: `)) ?? "";
      expect([name, line.includes("1Password reference")]).toEqual([name, isSecret]);
    }
  });
});

describe("resolveEnvironment", () => {
  const REFERENCES = {
    ...BUCKET,
    DATABASE_URL: "op://Aurora/supabase/database-url",
    OPENCLAW_HOOK_TOKEN: "op://Aurora/openclaw/hook-token",
    OUTBOUND_TOKEN: "op://Aurora/twilio-hub/outbound-token",
    DISCORD_OPS_WEBHOOK: "op://Aurora/discord/ops-webhook",
    SUPABASE_SERVICE_ROLE_KEY: "op://Aurora/supabase/service-key",
  };

  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "environment-"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  /** Puts a stand-in for `op` first on PATH. It answers `op read --no-newline` with the arms of a shell's `case`. */
  function vault(arms: string): void {
    writeFileSync(join(folder, "op"), `#!/bin/sh\ncase "$3" in\n${arms}\nesac\n`);
    chmodSync(join(folder, "op"), 0o755);
    vi.stubEnv("PATH", `${folder}${delimiter}${process.env.PATH}`);
  }

  it("reads every reference", async () => {
    vault(`*/database-url) printf postgresql://127.0.0.1/hub;;
*/ops-webhook) printf http://127.0.0.1:1/hook;;
*) printf "$3" | tr / -;;`);
    expect(await resolveEnvironment(readEnvironment(REFERENCES, "server"))).toMatchObject({
      databaseUrl: "postgresql://127.0.0.1/hub",
      openclaw: { hookToken: "op:--Aurora-openclaw-hook-token" },
      outboundToken: "op:--Aurora-twilio-hub-outbound-token",
      discordOpsWebhook: "http://127.0.0.1:1/hook",
      recordings: { serviceRoleKey: "op:--Aurora-supabase-service-key", bucket: "recordings" },
    });
  });

  it("names every failed variable and reference, and no value", async () => {
    vault(`*/database-url) printf mysql://hidden;;
*/ops-webhook) printf hidden; printf 'not signed\\n in' >&2; exit 1;;
*/hook-token) printf 'hidden token';;
*/outbound-token) printf hidden-but-short;;
*) printf hidden;;`);
    const error: unknown = await resolveEnvironment(readEnvironment(REFERENCES, "server")).catch((reason) => reason);
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toHaveProperty(
      "message",
      `the handler's environment is wrong:
  - DATABASE_URL: op://Aurora/supabase/database-url: expected a postgres:// or postgresql:// URL there (the value found is not shown)
  - OPENCLAW_HOOK_TOKEN: op://Aurora/openclaw/hook-token: expected a token without blanks there (the value found is not shown)
  - OUTBOUND_TOKEN: op://Aurora/twilio-hub/outbound-token: expected a token of at least 32 characters without blanks there (the value found is not shown)
  - DISCORD_OPS_WEBHOOK: op://Aurora/discord/ops-webhook: op read failed: not signed in`,
    );
    expect(inspect(error, { depth: 9 })).not.toContain("hidden");
  });

  it("names the reference of a database URL without verified TLS", async () => {
    vault("*) printf postgres://hub:hidden@db.example.com/hub;;");
    const { DATABASE_URL } = REFERENCES;
    const failed: unknown = await resolveEnvironment(readEnvironment({ DATABASE_URL }, "lambda")).catch(
      (reason) => reason,
    );
    expect(String(failed)).toContain(
      "DATABASE_URL: op://Aurora/supabase/database-url: the database is on another machine",
    );
    expect(inspect(failed, { depth: 9 })).not.toContain("hidden");
  });

  it("reads the database's certificates, and names a file that holds none", async () => {
    const { ca, key } = await makeCertificates(["localhost"]);
    const { DATABASE_URL } = COMMON;
    const file = join(folder, "ca.pem");
    const resolved = () => resolveEnvironment(readEnvironment({ DATABASE_URL, DATABASE_CA_FILE: file }, "lambda"));
    writeFileSync(file, `# Of the database\n${ca}${ca}`);
    expect(await resolved()).toMatchObject({ databaseCa: `# Of the database\n${ca}${ca}` });
    for (const content of [
      "",
      "no certificate",
      ca.slice(0, 200),
      `${ca}${key}`,
      ca.replace(/[A-Z]{9}/, "AAAAAAAAA"),
    ]) {
      writeFileSync(file, content);
      await expect(resolved()).rejects.toThrow(`the handler's environment is wrong: DATABASE_CA_FILE: ${file}: `);
    }
    rmSync(file);
    await expect(resolved()).rejects.toThrow(`DATABASE_CA_FILE: ${file} cannot be read (ENOENT)`);
  });

  it("also resolves on Lambda", async () => {
    vault("*) printf postgres://127.0.0.1/hub;;");
    const { DATABASE_URL } = REFERENCES;
    expect(await resolveEnvironment(readEnvironment({ DATABASE_URL }, "lambda"))).toMatchObject({
      databaseUrl: "postgres://127.0.0.1/hub",
    });
    vault("*) exit 1;;");
    await expect(resolveEnvironment(readEnvironment({ DATABASE_URL }, "lambda"))).rejects.toThrow(
      "the handler's environment is wrong: DATABASE_URL: op://Aurora/supabase/database-url: op read failed",
    );
  });
});
