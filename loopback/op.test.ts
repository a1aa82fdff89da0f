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

/** Runs the file itself, like a shell that finds it on PATH. */
function op(args: string[], vault: string | undefined = vaultFile): Promise<Result> {
  const env = { PATH: process.env.PATH, ...(vault !== undefined && { LOOPBACK_OP_VAULT: vault }) };
  return run(join(BIN_FOLDER, "op"), args, env);
}

function run(file: string, args: string[], env: NodeJS.ProcessEnv): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(file, args, { env }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

test.each([
  [["read", "op://Aurora/twilio/account-sid"], "AC-made-up\n"],
  [["read", "--no-newline", "op://Aurora/twilio/account-sid"], "AC-made-up"],
  [["read", "op://Aurora/twilio/section/auth-token", "-n"], "token"],
])("op %j prints the value", async (args, stdout) => {
  expect(await op(args)).toEqual({ code: 0, stdout, stderr: "" });
});

const INJECTED = "a: AC-made-up\nb: [token]\n{{ nothing }} op://unenclosed";
const TEMPLATE =
  "a: {{ op://Aurora/twilio/account-sid }}\nb: [{{op://Aurora/twilio/section/auth-token}}]\n{{ nothing }} op://unenclosed";

test("op inject puts values into a template from a file", async () => {
  const file = join(folder, "template");
  await writeFile(file, TEMPLATE);
  for (const flag of ["--in-file", "-i"])
    expect(await op(["inject", flag, file])).toEqual({ code: 0, stdout: INJECTED, stderr: "" });
});

test("op inject reads standard input only if it is a pipe, which Node's default for a child is not", async () => {
  const { code, stderr } = await op(["inject"]);
  expect(code).toBe(1);
  expect(stderr).toContain("expected data on stdin but none found");
  const piped = ["-c", 'printf %s "$TEMPLATE" | "$OP" inject'];
  const env = { PATH: process.env.PATH, LOOPBACK_OP_VAULT: vaultFile, OP: join(BIN_FOLDER, "op"), TEMPLATE };
  expect(await run("/bin/sh", piped, env)).toEqual({ code: 0, stdout: INJECTED, stderr: "" });
});

test("op inject prints nothing if a reference cannot be read", async () => {
  const file = join(folder, "missing");
  await writeFile(file, `${TEMPLATE}\n{{ op://Aurora/twilio/other }}`);
  const { code, stdout, stderr } = await op(["inject", "--in-file", file]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("item 'Aurora/twilio' does not have a field 'other'");
});

const ITEM = {
  title: "signing-2026-12",
  category: "SECURE_NOTE",
  sections: [{ id: "keys", label: "webhooks" }],
  fields: [
    { id: "one", type: "CONCEALED", label: "secret", value: "made-up-secret" },
    { id: "two", type: "STRING", label: "key-id", value: "made-up-id", section: { id: "keys" } },
  ],
};
const CREATE = ["item", "create", "-", "--vault", "Aurora"];

/** Runs op with a pipe as its standard input, which Node alone cannot give it. */
function piped(args: readonly string[], input: string, vault = vaultFile): Promise<Result> {
  const env = { PATH: process.env.PATH, LOOPBACK_OP_VAULT: vault, OP: join(BIN_FOLDER, "op"), INPUT: input };
  return run("/bin/sh", ["-c", 'printf %s "$INPUT" | "$OP" "$@"', "sh", ...args], env);
}

test("op item create adds an item from a pipe, whose fields can be read, and conceals the secret unless JSON is asked for", async () => {
  const vault = join(folder, "created.json");
  await writeVault(vault, SECRETS);
  const created = await piped(CREATE, JSON.stringify(ITEM), vault);
  expect(created).toMatchObject({ code: 0, stderr: "" });
  expect(created.stdout).toContain("made-up-id");
  expect(created.stdout).not.toContain("made-up-secret");
  const read = (place: string) => op(["read", "-n", `op://Aurora/signing-2026-12/${place}`], vault);
  expect((await read("secret")).stdout).toBe("made-up-secret");
  expect((await read("webhooks/key-id")).stdout).toBe("made-up-id");
  const list = await op(["item", "list", "--vault", "Aurora", "--format", "json"], vault);
  expect(JSON.parse(list.stdout)).toEqual([
    { id: "id-of-twilio", title: "twilio" },
    { id: "id-of-signing-2026-12", title: "signing-2026-12" },
  ]);
  expect(list.stdout).not.toContain("made-up");
  await writeVault(vault, SECRETS);
  expect((await piped([...CREATE, "--format", "json"], JSON.stringify(ITEM), vault)).stdout).toContain(
    "made-up-secret",
  );
});

test.each([
  ["no pipe", () => op(CREATE), "provide the item category with '--category' flag"],
  ["no JSON", () => piped(CREATE, "secret=made-up-secret"), "invalid JSON in piped input"],
  [
    "an unknown vault",
    () => piped(["item", "create", "-", "--vault", "Other"], JSON.stringify(ITEM)),
    '"Other" isn\'t a vault',
  ],
])("op item create refuses %s, and shows no value", async (_, refused, message) => {
  const { code, stdout, stderr } = await refused();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("made-up-secret");
});

test("a vault with a service account opens only with its token", async () => {
  const guarded = join(folder, "guarded.json");
  await writeVault(guarded, { ...SECRETS, LOOPBACK_OP_SERVICE_ACCOUNT: "ops_made-up" });
  const args = ["read", "op://Aurora/twilio/account-sid"];
  const env = { PATH: process.env.PATH, LOOPBACK_OP_VAULT: guarded };
  const readAs = (token: string) => run(join(BIN_FOLDER, "op"), args, { ...env, OP_SERVICE_ACCOUNT_TOKEN: token });
  expect(await readAs("ops_made-up")).toMatchObject({ code: 0, stdout: "AC-made-up\n" });
  const refused = [await readAs("ops_other"), await op(args, guarded)];
  for (const { code, stderr } of refused) {
    expect(code).toBe(1);
    expect(stderr).toContain("not currently signed in");
    expect(stderr).not.toContain("made-up");
  }
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
