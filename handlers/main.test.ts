import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Manifest, manifestDigest } from "../hub/manifest.ts";
import { type Certificates, makeCertificates } from "../loopback/twilio/proxy/certificates.ts";
import { freePort } from "../tools/cli/free-port.ts";
import { withDatabase } from "../tools/postgres/database-client.ts";
import { type LocalPostgres, startPostgres } from "../tools/postgres/postgres.ts";
import { openSpool } from "./spool/spool.ts";
import { callRecord } from "./storage/testing/records.ts";
import { lambdaEvent, sendToServer } from "./testing/hosts.ts";
import { CREDENTIALS, formWebhook, TOKEN, testManifest } from "./testing/manifest.ts";

/** twilio's library is CommonJS and requires Node's built-in modules. */
const BANNER = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

let folder: string;
let bundle: string;
let manifest: Manifest;
let postgres: LocalPostgres;
let certificates: Certificates;
let environment: Readonly<Record<string, string>>;
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "handler-"));
  bundle = join(folder, "main.mjs");
  const [port, adminPort] = [await freePort(), await freePort()];
  manifest = testManifest({
    handler: { port, adminPort, process: "twilio", releases: folder, gateFile: join(folder, "gate") },
  });
  certificates = await makeCertificates(["localhost"]);
  postgres = await startPostgres(certificates);
  await withDatabase(await postgres.createDatabase("older"), (client) => client.query("drop table hub_alerts"));
  environment = {
    DATABASE_URL: await postgres.createDatabase("hub"),
    // Nobody listens there, so events wait.
    OPENCLAW_URL: "http://127.0.0.1:1",
    OPENCLAW_HOOK_TOKEN: "op://Aurora/openclaw/hook-token",
    OUTBOUND_TOKEN: "token-of-the-tests-with-32-characters",
    DISCORD_OPS_WEBHOOK: "http://127.0.0.1:1/api/webhooks/1/token",
    SPOOL_FILE: join(folder, "spool.sqlite"),
    RECORDINGS_FOLDER: folder,
  };
  writeOp(folder, `case "$3" in */account-sid) printf ${CREDENTIALS.accountSid};; *) printf ${TOKEN};; esac`);
  await build({
    entryPoints: [join(import.meta.dirname, "main.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    banner: { js: BANNER },
    define: { HUB_MANIFEST: JSON.stringify(manifest) },
  });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  await postgres.close();
  rmSync(folder, { recursive: true });
});

describe("the bundle", () => {
  it("starts, logs that in one line, answers, and stops on a signal", async () => {
    const { port, adminPort } = manifest.handler;
    const child = start([bundle], folder);
    const [line] = await once(child.stdout ?? child, "data");
    expect(JSON.parse(String(line))).toEqual({
      level: "info",
      time: expect.any(String),
      msg: "listening",
      port,
      adminPort,
      manifest: manifestDigest(manifest),
      release: "unreleased",
    });
    const ready = await fetch(`http://127.0.0.1:${adminPort}/readyz`);
    expect(await ready.json()).toEqual({ ready: true, database: "up", spool: "empty", spooled: 0, stopping: false });
    const call = formWebhook(`${manifest.hosts.canonical.url}/voice/webhook`);
    expect((await sendToServer(port)(call)).status).toBe(200);

    const second = start([bundle], folder);
    expect(await outcome(second)).toEqual({
      code: 1,
      stderr: `the Twilio handler could not start: cannot listen on 127.0.0.1:${adminPort} (hub:handler.adminPort): the port is in use\n`,
    });
    // npm passes on a signal that the terminal has already sent.
    child.kill("SIGTERM");
    child.kill("SIGTERM");
    expect(await outcome(child)).toEqual({ code: 0, stderr: "" });
  });

  it("starts under PM2, which imports it", async () => {
    const container = join(folder, "container.mjs");
    writeFileSync(container, `await import(${JSON.stringify(pathToFileURL(bundle))});`);
    const child = start([container], folder, { pm_exec_path: bundle });
    const [line] = await once(child.stdout ?? child, "data");
    expect(String(line)).toContain("listening");
    child.kill("SIGINT");
    expect(await outcome(child)).toEqual({ code: 0, stderr: "" });
  });

  it("only exports the Lambda handler if it is imported", async () => {
    const importer = join(folder, "importer.mjs");
    writeFileSync(importer, `console.error(typeof (await import(${JSON.stringify(pathToFileURL(bundle))})).handler);`);
    expect(await outcome(start([importer], folder))).toEqual({ code: 0, stderr: "function\n" });
  });

  it.each([
    ["as the server does", 200, () => ({})],
    ["503 if the database is away, as it has no spool", 503, () => ({ DATABASE_URL: "postgres://127.0.0.1:1/hub" })],
    ["over verified TLS, with the certificates beside the bundle", 200, verifiedDatabase],
    ["503 if the database's authority is private", 503, () => ({ ...verifiedDatabase(), DATABASE_CA_FILE: "" })],
  ])("answers on Lambda %s", async (_what, statusCode, database) => {
    const importer = join(folder, "lambda.mjs");
    const call = lambdaEvent(formWebhook(`${manifest.hosts.canonical.url}/voice/webhook?turn=1`), "live");
    writeFileSync(
      importer,
      `const { handler } = await import(${JSON.stringify(pathToFileURL(bundle))});
       console.error(JSON.stringify(await handler(${JSON.stringify(call)})));
       process.exit();`,
    );
    // Variables that only the server needs are not required.
    const without = { SPOOL_FILE: "", OPENCLAW_URL: "", RECORDINGS_FOLDER: "" };
    const { stderr } = await outcome(start([importer], folder, { ...without, ...database() }));
    const answer = JSON.parse(stderr.trim().split("\n").at(-1) ?? "");
    expect(answer).toMatchObject({ statusCode, isBase64Encoded: false });
    expect(answer.body.includes("?turn=2")).toBe(statusCode === 200);
  });

  it("checks the certificates that its release carries, and starts with them", async () => {
    const secrets = { ...verifiedDatabase(), OPENCLAW_HOOK_TOKEN: "hook" };
    expect(await outcome(start([bundle, "check"], folder, secrets))).toEqual({ code: 0, stderr: "" });
    const child = start([bundle], folder, secrets);
    await once(child.stdout ?? child, "data");
    const ready = await fetch(`http://127.0.0.1:${manifest.handler.adminPort}/readyz`);
    expect(await ready.json()).toMatchObject({ database: "up" });
    child.kill("SIGTERM");
    expect(await outcome(child)).toMatchObject({ code: 0 });
    rmSync(join(folder, "database-ca.pem"));
    expect(await outcome(start([bundle, "check"], folder, secrets))).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^twilio handler: DATABASE_CA_FILE: \S+\/database-ca\.pem cannot be read \(ENOENT\).*\n$/,
      ),
    });
  });

  it("names every missing variable, and exits with 1", async () => {
    const { code, stderr } = await outcome(start([bundle], folder, { DATABASE_URL: "", SPOOL_FILE: "spool" }));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^the Twilio handler could not start:\n {2}- DATABASE_URL: missing.*\n {2}- SPOOL_FILE: expected the absolute path/,
    );
  });

  it("names every secret that it cannot read, and exits with 1", async () => {
    const locked = mkdtempSync(join(folder, "locked-"));
    writeOp(locked, "printf 'first\\nsecond\\n' >&2; exit 1");
    const { code, stderr } = await outcome(start([bundle], locked));
    expect(code).toBe(1);
    expect(stderr).toBe(`the Twilio handler could not start:
  - OPENCLAW_HOOK_TOKEN: op://Aurora/openclaw/hook-token: op read failed: first second
  - op://Aurora/twilio/account-sid: op read failed: first second
  - op://Aurora/twilio/auth-token: op read failed: first second
`);
  });

  it.each([
    ["a start", []],
    ["check", ["check"]],
    ["probe", ["probe"]],
  ])("refuses an auth token with a line end behind it at %s", async (_door, args) => {
    const copied = mkdtempSync(join(folder, "copied-"));
    writeOp(copied, `case "$3" in */account-sid) printf ${CREDENTIALS.accountSid};; *) printf '${TOKEN}\\n';; esac`);
    const { code, stderr } = await outcome(start([bundle, ...args], copied, { OPENCLAW_HOOK_TOKEN: "hook" }));
    expect(code).toBe(1);
    expect(stderr).toContain("op://Aurora/twilio/auth-token: expected a token without blanks, line ends");
    expect(stderr).not.toContain(TOKEN);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });

  it("asks 1Password once if its rate limit is reached, and says in one line when to come back", async () => {
    const limited = mkdtempSync(join(folder, "limited-"));
    writeOp(
      limited,
      `echo "$1" >>"${limited}/calls"; echo "[ERROR] (429) Too Many Requests: Please retry in 58 minutes" >&2; exit 1`,
    );
    const references = Object.fromEntries(
      ["DATABASE_URL", "OUTBOUND_TOKEN", "DISCORD_OPS_WEBHOOK"].map((name) => [name, `op://Aurora/hub/${name}`]),
    );
    const { code, stderr } = await outcome(start([bundle], limited, references));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^the Twilio handler could not start: 1Password's rate limit is reached: .*; try again after \S+Z\n$/,
    );
    expect(readFileSync(join(limited, "calls"), "utf8")).toBe("inject\n");
  });

  it("says in one line that its token's file is missing", async () => {
    const token = { OP_SERVICE_ACCOUNT_TOKEN_FILE: join(folder, "none") };
    const { code, stderr } = await outcome(start([bundle], folder, token));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^the Twilio handler could not start: OP_SERVICE_ACCOUNT_TOKEN_FILE: \S+none: cannot be opened .*\n$/,
    );
  });

  it.each([
    [
      "a database that it can use",
      {},
      0,
      /^release unreleased can start: .*, and the database takes webhooks\n$/,
      /^$/,
    ],
    [
      "a database that is away, since the spool keeps webhooks",
      { port: "1" },
      0,
      /can start: .* The database is away, so webhooks would wait in the spool: .*ECONNREFUSED/,
      /^$/,
    ],
    [
      "another database",
      { pathname: "/hub2" },
      1,
      /^$/,
      /^twilio handler: DATABASE_URL: .*3D000, database "hub2" does not exist; check /,
    ],
    [
      "another role",
      { username: "nobody" },
      1,
      /^$/,
      /^twilio handler: DATABASE_URL: .*28000, role "nobody" does not exist; check /,
    ],
    [
      "a database without the tables",
      { pathname: "/postgres" },
      1,
      /^$/,
      /42P01, relation "public\.\w+" does not exist; check .*\n$/,
    ],
    [
      "a database without the tables of the newest migration",
      { pathname: "/older" },
      1,
      /^$/,
      /42P01, relation "public\.hub_alerts" does not exist; check .* the migrations .*\n$/,
    ],
  ])("checks its start with %s", async (_what, changes, code, says, complains) => {
    const databaseUrl = Object.assign(new URL(environment.DATABASE_URL ?? ""), changes).href;
    const child = start([bundle, "check"], folder, { DATABASE_URL: databaseUrl });
    const [stdout, ended] = await Promise.all([text(child.stdout ?? process.stdin), outcome(child)]);
    expect(ended).toEqual({ code, stderr: expect.stringMatching(complains) });
    expect(stdout).toMatch(says);
  });

  it("tries refused webhooks again, and says how many are left and why", async () => {
    const spoolFile = join(folder, "refused.sqlite");
    const spool = openSpool(spoolFile);
    const [good, bad] = [callRecord(), callRecord("CAnot-a-sid")];
    spool.keep([good, bad]);
    for (const head of spool.heads({ count: 2, length: 1_000_000, without: { rows: [], kinds: [] } }))
      spool.setAside(head, "SQLSTATE 23502");
    const retry = async () => {
      const child = start([bundle, "retry-refused"], folder, { SPOOL_FILE: spoolFile });
      const [stdout, ended] = await Promise.all([text(child.stdout ?? process.stdin), outcome(child)]);
      return { stdout, ...ended };
    };
    expect(await retry()).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "twilio handler: refused webhooks: 1 stored, 1 still refused: SQLSTATE 23514, table twilio_calls, constraint twilio_calls_call_sid_check\n",
    });
    for (const refused of spool.refused(10)) spool.removeRefused(refused);
    expect(await retry()).toEqual({ code: 0, stdout: "refused webhooks: 0 stored, none left\n", stderr: "" });
    spool.close();
  });

  it("opens a number again that the carriers have refused, and no other", async () => {
    const { number = "" } = manifest.numbers[0] ?? {};
    const reopen = async (given: string) => {
      const child = start([bundle, "reopen-sender", given], folder);
      const [stdout, ended] = await Promise.all([text(child.stdout ?? process.stdin), outcome(child)]);
      return { stdout, ...ended };
    };
    const databaseUrl = environment.DATABASE_URL ?? "";
    await withDatabase(databaseUrl, (client) =>
      client.query("insert into hub_sender_closures (sender, error_code, text_id) values ($1, '30034', 'SM1')", [
        number,
      ]),
    );
    expect(await reopen(number)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(`^\\${number} is open again`),
    });
    expect(await reopen(number)).toMatchObject({ code: 0, stdout: `${number} was not closed: nothing changed\n` });
    expect(await reopen("+13105550142")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("reopen-sender: expected one of the hub's numbers: +1"),
    });
  });

  it("ends if it cannot start, even while a channel to it is open", async () => {
    const PATH = `${folder}${delimiter}${process.env.PATH}`;
    const child = spawn(
      process.execPath,
      ["-e", `process.on("message", () => {}); import(${JSON.stringify(bundle)});`],
      {
        env: { PATH, pm_exec_path: bundle },
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      },
    );
    children.push(child);
    expect(await outcome(child)).toMatchObject({ code: 1, stderr: expect.stringContaining("DATABASE_URL: missing") });
  });

  it("reports to its parent process that it is ready", async () => {
    const child = start([bundle], folder, {}, "ipc");
    const [message] = await once(child, "message");
    expect(message).toBe("ready");
    expect((await fetch(`http://127.0.0.1:${manifest.handler.adminPort}/readyz`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await outcome(child)).toEqual({ code: 0, stderr: "" });
  });
});

/** The variables of a database over verified TLS, whose authority's certificate is beside the bundle. */
function verifiedDatabase(): Readonly<Record<string, string>> {
  writeFileSync(join(folder, "database-ca.pem"), certificates.ca);
  const byName = (environment.DATABASE_URL ?? "").replace("127.0.0.1", "localhost");
  return { DATABASE_URL: `${byName}?sslmode=verify-full`, DATABASE_CA_FILE: "database-ca.pem" };
}

function start(
  args: readonly string[],
  op: string,
  env: Readonly<Record<string, string>> = {},
  channel: "ipc" | "ignore" = "ignore",
): ChildProcess {
  const PATH = `${op}${delimiter}${process.env.PATH}`;
  const child = spawn(process.execPath, args, {
    env: { ...environment, ...env, PATH },
    stdio: ["ignore", "pipe", "pipe", channel],
  });
  children.push(child);
  return child;
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  const [stderr] = await Promise.all([child.stderr === null ? "" : text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stderr };
}

/** Puts a stand-in for `op` into a folder. */
function writeOp(path: string, script: string): void {
  writeFileSync(join(path, "op"), `#!/bin/sh\n${script}\n`);
  chmodSync(join(path, "op"), 0o755);
}
