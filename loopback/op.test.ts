import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BIN_FOLDER, writeVault } from "./vault.ts";

const SECRETS = { "op://Aurora/twilio/account-sid": "AC-made-up", "op://Aurora/twilio/section/auth-token": "token" };

let folder: string;
let vaultFile: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "loopback-op-"));
  vaultFile = join(folder, "vault.json");
  await writeVault(vaultFile, SECRETS);
});

afterAll(() => rm(folder, { recursive: true }));

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the file itself, as a shell does that finds it on PATH. */
function op(args: string[], vault: string | undefined = vaultFile): Promise<Result> {
  const env = { PATH: process.env.PATH, ...(vault !== undefined && { LOOPBACK_OP_VAULT: vault }) };
  return new Promise((resolve) => {
    const child = execFile(join(BIN_FOLDER, "op"), args, { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test.each([
  [["read", "op://Aurora/twilio/account-sid"], "AC-made-up\n"],
  [["read", "--no-newline", "op://Aurora/twilio/account-sid"], "AC-made-up"],
  [["read", "op://Aurora/twilio/section/auth-token", "-n"], "token"],
])("op %j prints the one value", async (args, stdout) => {
  expect(await op(args)).toEqual({ code: 0, stdout, stderr: "" });
});

test("op --version prints a version", async () => {
  expect(await op(["--version"])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test.each([
  ["op://Other/twilio/account-sid", `"Other" isn't a vault in this account`],
  ["op://Aurora/other/account-sid", `"other" isn't an item in the "Aurora" vault`],
  ["op://Aurora/twilio/other", "item 'Aurora/twilio' does not have a field 'other'"],
  ["Aurora/twilio", "invalid secret reference"],
])("op read %s fails as op does", async (reference, reason) => {
  const { code, stdout, stderr } = await op(["read", reference]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^\[ERROR\] \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /);
  expect(stderr).toContain(`could not read secret '${reference}': `);
  expect(stderr).toContain(reason);
});

test("no error shows a value", async () => {
  const broken = join(folder, "broken.json");
  await writeFile(broken, `{"op://Aurora/twilio/account-sid": AC-made-up`);
  const results = await Promise.all([
    op(["read", "op://Aurora/twilio/account-sid"], broken),
    op(["read", "op://Aurora/twilio/other"]),
    op(["read"]),
    op(["item", "list"]),
    op(["read", "--unknown"]),
    op(["read", "op://Aurora/twilio/account-sid"], ""),
  ]);
  for (const { code, stdout, stderr } of results) {
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^\[ERROR\] /);
    expect(stderr).not.toContain("AC-made-up");
  }
});
