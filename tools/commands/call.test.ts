import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { DatabaseError } from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OutboundStatus } from "../../handlers/outbound/status.ts";
import { OUTBOUND_TOKEN, startTestAdmin, type TestAdmin } from "../../handlers/outbound/testing/admin.ts";
import { BIN_FOLDER, writeVault } from "../../loopback/vault.ts";
import { freePort } from "../cli/free-port.ts";
import { PROJECT } from "../cli/paths.ts";

const REFERENCE = "op://Aurora/twilio-hub/outbound-token";
const TO = ["--to", "+12135550100"];
const SID = "CA00000000000000000000000000000001";

let admin: TestAdmin;
let folder: string;
beforeEach(async () => {
  admin = await startTestAdmin();
  folder = mkdtempSync(join(tmpdir(), "call-"));
});
afterEach(async () => {
  await admin.close();
  rmSync(folder, { recursive: true });
});

interface Outcome {
  readonly status: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in its own process, without a terminal. */
function call(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const env = {
    PATH: [BIN_FOLDER, dirname(process.execPath)].join(delimiter),
    OUTBOUND_URL: admin.url,
    OUTBOUND_TOKEN,
    ...environment,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(import.meta.dirname, "call.ts"), ...args],
      { cwd: PROJECT, env },
      (error, out, err) => resolve({ status: error?.code ?? 0, stdout: out, stderr: err }),
    );
  });
}

/** Makes every later read of a request find these changes. */
function settleAs(changes: Partial<OutboundStatus>): void {
  const { outbox } = admin;
  const { read } = outbox;
  Object.assign(outbox, {
    read: (id: string) => {
      outbox.settle(id, changes);
      return read(id);
    },
  });
}

test("places a call, waits until Twilio has accepted it, and prints its SID", async () => {
  settleAs({ state: "sent", sid: SID });
  const { status, stdout } = await call(TO);
  const [accepted] = admin.outbox.accepted;
  expect(accepted?.request).toEqual({
    kind: "call",
    to: "+12135550100",
    from: "+19497798471",
    route: "/voice/webhook",
  });
  // The output may end up in a log, so it has neither colours nor whole numbers.
  expect(stdout).toBe(`queued   ${accepted?.id}, from +1949***71 to +1213***00\nsent     ${SID}\n`);
  expect(status).toBe(0);
});

test("takes --from and --stack, and prints JSON", async () => {
  settleAs({ state: "sent", sid: SID });
  const { status, stdout } = await call([...TO, "--from", "+18446883807", "--stack", "loopback", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ state: "sent", sid: SID, from: "+18446883807", to: "+12135550100" });
  expect(status).toBe(0);
});

test.each([
  ["failed", "failed   Twilio: HTTP 400\n"],
  ["blocked", "blocked  Twilio: HTTP 400\n"],
  ["unknown", "unknown  no outcome within 1 s; the call may still leave, so do not place it again\n"],
] as const)("exits with 1 if the call is %s", async (state, line) => {
  settleAs({ state, reason: "Twilio: HTTP 400" });
  const { status, stdout } = await call([...TO, "--wait", "1"]);
  expect(stdout.slice(stdout.indexOf("\n") + 1)).toBe(line);
  expect(status).toBe(1);
  expect(JSON.parse((await call([...TO, "--wait", "1", "--json"])).stdout)).toMatchObject({ state });
});

test("says what it is waiting for if that takes long", async () => {
  const { stderr } = await call([...TO, "--wait", "3"]);
  expect(stderr).toContain("waiting: the call is queued …\n");
});

test("only queues the call with --no-wait", async () => {
  const { status, stdout } = await call([...TO, "--no-wait", "--json"]);
  expect(JSON.parse(stdout)).toEqual({ id: admin.outbox.accepted[0]?.id, state: "queued" });
  expect(status).toBe(0);
  expect((await call([...TO, "--no-wait"])).stdout).toMatch(/^queued {3}\S+, from .*\n$/);
});

test("resolves a 1Password reference", async () => {
  const vault = join(folder, "vault.json");
  await writeVault(vault, { [REFERENCE]: OUTBOUND_TOKEN });
  settleAs({ state: "sent", sid: SID });
  const environment = { OUTBOUND_TOKEN: REFERENCE, LOOPBACK_OP_VAULT: vault };
  expect(await call(TO, environment)).toMatchObject({ status: 0 });
  await writeVault(vault, { "op://Aurora/twilio-hub/other": "hidden" });
  const { status, stderr } = await call(TO, environment);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: OUTBOUND_TOKEN: op:\/\/Aurora\/twilio-hub\/outbound-token: op read failed: .*\n$/);
});

test.each([
  ["no number", [], {}, "--to is missing: give the number to call, for example --to +12135550100"],
  ["a wrong number", ["--to", "911"], {}, "Unprocessable Content: to: expected a phone number in E.164"],
  ["no token", TO, { OUTBOUND_TOKEN: "" }, "OUTBOUND_TOKEN: missing; expected a token of at least 32 characters"],
  ["a short token", TO, { OUTBOUND_TOKEN: "hidden" }, "OUTBOUND_TOKEN: expected a token of at least 32 characters"],
  ["another token", TO, { OUTBOUND_TOKEN: "hidden".repeat(6) }, "Unauthorized"],
  ["another host", TO, { OUTBOUND_URL: "http://hub.example" }, "OUTBOUND_URL: expected a URL on 127.0.0.1"],
  ["no stack", [...TO, "--stack", "nowhere"], {}, "Pulumi.nowhere.yaml: no such stack config"],
  ["a wrong time", [...TO, "--wait", "0"], {}, '--wait: expected a whole number of seconds, like 120; found "0"'],
  ["a wrong key", [...TO, "--key", "my key"], {}, "--key: expected 1 to 255 visible ASCII characters"],
  ["an unknown option", ["--too", "1"], {}, "Unknown option '--too'; see npm run call -- --help"],
])("one line describes the problem: %s", async (_what, args, environment, message) => {
  const { status, stdout, stderr } = await call(args, environment);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  // On a slow machine a line about the wait comes first.
  const [line = "", ...further] = stderr
    .replace(/^waiting .*\n/, "")
    .trimEnd()
    .split("\n");
  expect(line).toContain(`error: ${message}`);
  expect(further).toEqual([]);
  expect(stderr).not.toContain("hidden");
});

test("one line says that the endpoint does not answer", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { status, stderr } = await call(TO, { OUTBOUND_URL: url });
  expect(status).toBe(1);
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
    /^error: no answer \(ECONNREFUSED\): expected the outbound endpoint at .*; is the handler running there\?; it may be queued; repeat with --key [0-9a-f-]{36}$/,
  );
});

test("the same key never places a second call", async () => {
  const first = await call([...TO, "--no-wait", "--json", "--key", "once"]);
  expect(await call([...TO, "--no-wait", "--json", "--key", "once"])).toMatchObject({ stdout: first.stdout });
  expect(admin.outbox.accepted.map(({ key }) => key)).toEqual(["once"]);
});

test("after a lost answer the same key finds the call again, and no second one is queued", async () => {
  const { outbox } = admin;
  const { accept } = outbox;
  // The call is stored, but the answer is lost.
  Object.assign(outbox, {
    accept: async (...asked: Parameters<typeof accept>) => {
      await accept(...asked);
      throw Object.assign(new DatabaseError("hidden", 6, "error"), { code: "22P05" });
    },
  });
  const { status, stderr } = await call([...TO, "--no-wait"]);
  const key = / it may be queued; repeat with --key (\S+)\n$/.exec(stderr)?.[1] ?? "";
  expect({ status, key }).toEqual({ status: 1, key: outbox.accepted[0]?.key });
  Object.assign(outbox, { accept });
  expect(await call([...TO, "--no-wait", "--key", key])).toMatchObject({ status: 0 });
  expect(outbox.accepted).toHaveLength(1);
});

test("names the queued call even if the endpoint cannot show it afterwards", async () => {
  Object.assign(admin.outbox, { read: async () => undefined });
  const { status, stdout, stderr } = await call([...TO, "--json"]);
  const { id } = admin.outbox.accepted[0] ?? { id: "" };
  expect(JSON.parse(stdout)).toEqual({ id, state: "queued" });
  expect(stderr).toContain(`; the call ${id} is queued and may still leave, so do not place it again\n`);
  expect(status).toBe(1);
});
