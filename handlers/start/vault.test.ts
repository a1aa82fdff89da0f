import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BIN_FOLDER, writeVault } from "../../loopback/vault.ts";
import { accessProblem, type FileAccess } from "./service-account.ts";
import { openVault, readSecret } from "./vault.ts";

const ODD = ` a "quoted" 'value'\n{{ op://Aurora/x/y }} $HOME \\ \`b\`\n`;
const SECRETS = { "op://Aurora/x/odd": ODD, "op://Aurora/x/y": "plain", "op://Aurora/x/the section/z": "with a blank" };
const TOKEN = "ops_made-up-token";

let folder: string;
let calls: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "vault-"));
  calls = join(folder, "calls");
  await mkdir(join(folder, "tmp"));
  await writeVault(join(folder, "vault.json"), { ...SECRETS, LOOPBACK_OP_SERVICE_ACCOUNT: TOKEN });
  await writeFile(join(folder, "token"), `${TOKEN}\n`, { mode: 0o600 });
  await counting(`exec "${join(BIN_FOLDER, "op")}" "$@"`);
  vi.stubEnv("TMPDIR", join(folder, "tmp"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** An `op` that records its arguments, and then runs a command. */
async function counting(script: string): Promise<void> {
  await writeFile(join(folder, "op"), `#!/bin/sh\necho "$@" >>"${calls}"\n${script}\n`, { mode: 0o755 });
}

function variables(file = join(folder, "token")) {
  return {
    PATH: [folder, process.env.PATH].join(delimiter),
    LOOPBACK_OP_VAULT: join(folder, "vault.json"),
    OP_SERVICE_ACCOUNT_TOKEN_FILE: file,
  };
}

const readAll = (...references: string[]) => Promise.allSettled(references.map(openVault(variables())));
const linesOf = async (file: string) => (await readFile(file, "utf8")).trimEnd().split("\n");

describe("the vault", () => {
  it("reads concurrent requests in one call, returns each value unchanged, and leaves no file", async () => {
    const references = [...Object.keys(SECRETS), "op://Aurora/x/y"];
    const read = openVault(variables());
    expect(await Promise.all(references.map((reference) => read(reference)))).toEqual([
      ...Object.values(SECRETS),
      "plain",
    ]);
    expect(await linesOf(calls)).toEqual([expect.stringMatching(/^inject --in-file \S+\/template$/)]);
    expect(await readdir(join(folder, "tmp"))).toEqual([]);
    expect(await read("op://Aurora/x/y")).toBe("plain");
  });

  it("lets only the owner read the template, and writes no value to a file", async () => {
    await counting(
      `[ "$1" = inject ] || exit 1; stat -c %a "$3" "$(dirname "$3")" >"${folder}/modes"; cp "$3" "${folder}/template"; exit 1`,
    );
    await readAll("op://Aurora/x/y");
    expect(await linesOf(join(folder, "modes"))).toEqual(["600", "700"]);
    const border = /^([0-9a-f]{32})\{\{ op:\/\/Aurora\/x\/y \}\}\1\n$/;
    expect(await readFile(join(folder, "template"), "utf8")).toMatch(border);
  });

  it("names every reference that fails, and returns the others", async () => {
    const [good, field, item] = await readAll("op://Aurora/x/y", "op://Aurora/x/none", "op://Aurora/none/y");
    expect(good).toEqual({ status: "fulfilled", value: "plain" });
    expect(String(field?.status === "rejected" && field.reason)).toMatch(
      /^Error: op:\/\/Aurora\/x\/none: op read failed: .*does not have a field 'none'/,
    );
    expect(String(item?.status === "rejected" && item.reason)).toContain("op://Aurora/none/y: op read failed: ");
  });

  it.each([
    [
      "(429) Too Many Requests: You've reached the maximum number of this type of requests this service account is allowed to make. Please retry in 58 minutes or try other requests.",
      /^1Password's rate limit is reached: .* retry in 58 minutes .*; try again after \d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/,
    ],
    [
      "could not read secret 'op://Aurora/x/y': Too many requests. Your client has been rate-limited. Try again in 1 hour",
      /^1Password's rate limit is reached: .*; try again after \S+Z$/,
    ],
    [
      "failed to resolve: rate limit exceeded",
      /^1Password's rate limit is reached: .*; op service-account ratelimit says when to try again$/,
    ],
  ])("asks once if op answers %j", async (said, message) => {
    await counting(`echo "[ERROR] 2026/11/30 11:55:32 ${said}" >&2; exit 1`);
    const all = await readAll("op://Aurora/a/1", "op://Aurora/a/2", "op://Aurora/a/3", "op://Aurora/a/4");
    const reasons = all.map((one) => one.status === "rejected" && one.reason);
    for (const reason of reasons)
      expect(reason).toMatchObject({ name: "OpLimited", message: expect.stringMatching(message) });
    expect(await linesOf(calls)).toHaveLength(1);
  });

  it.each([
    "You are not currently signed in. Please run `op signin --help`",
    "error initializing client: Validation: (failed to session.DecodeSACredentials), Server: (failed to DecodeSACredentials)",
    "(401) Unauthorized: Authentication required.",
    'Post "https://my.1password.com/api/v3/auth": dial tcp: lookup my.1password.com: no such host',
    "(503) Service Unavailable",
  ])("asks once if op answers %j, which concerns every reference", async (said) => {
    await counting(`echo '[ERROR] 2026/11/30 11:55:32 ${said}' >&2; exit 1`);
    const all = await readAll("op://Aurora/a/1", "op://Aurora/a/2");
    for (const [index, one] of all.entries()) {
      const message = expect.stringContaining(`op://Aurora/a/${index + 1}: op read failed: [ERROR]`);
      expect(one).toMatchObject({ reason: { message, cause: { name: "OpUnavailable" } } });
    }
    expect(await linesOf(calls)).toHaveLength(1);
  });

  it("stops at the limit while it reads one reference after another", async () => {
    await counting(
      `[ "$1" = read ] || { echo "could not read secret" >&2; exit 1; }
case "$3" in */1) printf one ;; */2) echo "no such field" >&2; exit 1 ;; *) echo "(429) Too Many Requests: Please retry in 3 minutes" >&2; exit 1 ;; esac`,
    );
    const [one, two, three, four] = await readAll(
      "op://Aurora/a/1",
      "op://Aurora/a/2",
      "op://Aurora/a/3",
      "op://Aurora/a/4",
    );
    expect(one).toEqual({ status: "fulfilled", value: "one" });
    expect(two).toMatchObject({ reason: { message: "op://Aurora/a/2: op read failed: no such field" } });
    for (const limited of [three, four]) expect(limited).toMatchObject({ reason: { name: "OpLimited" } });
    expect(await linesOf(calls)).toHaveLength(4);
  });

  it("reads a reference alone that the batch left unchanged", async () => {
    await counting(`[ "$1" = read ] && exec printf value; cat "$3"`);
    expect(await readAll("op://Aurora/x/y")).toEqual([{ status: "fulfilled", value: "value" }]);
  });

  it("refuses an empty value, and names its reference", async () => {
    await writeVault(join(folder, "vault.json"), { "op://Aurora/x/y": "" });
    const [empty] = await readAll("op://Aurora/x/y");
    expect(empty).toMatchObject({ reason: { message: "op://Aurora/x/y: the value is empty; set it in 1Password" } });
  });

  it("reads one reference alone, with its blanks and line ends", async () => {
    for (const [name, value] of Object.entries(variables())) vi.stubEnv(name, value);
    expect(await readSecret("op://Aurora/x/odd")).toBe(ODD);
    expect(await linesOf(calls)).toEqual(["read --no-newline op://Aurora/x/odd"]);
  });
});

describe("the service account's token", () => {
  it("is only in the environment of op", async () => {
    await readAll("op://Aurora/x/y");
    expect(inspect([process.env, await linesOf(calls)], { maxStringLength: null })).not.toContain(TOKEN);
  });

  it.each<[string, () => Promise<string>, string]>([
    ["that does not exist", async () => join(folder, "none"), "cannot be opened (ENOENT)"],
    ["of a relative path", async () => "token", "expected an absolute path"],
    ["that is a folder", async () => folder, "expected a regular file"],
    ["that others can read", () => tokenFile(TOKEN, 0o644), "users other than its owner have access to it"],
    ["with nothing in it", () => tokenFile("\n", 0o600), "expected one line"],
    ["with more than one line", () => tokenFile(`${TOKEN}\n${TOKEN}\n`, 0o600), "expected one line"],
  ])("is not read from a file %s", async (_what, makeFile, problem) => {
    const file = await makeFile();
    const read = openVault(variables(file));
    const failed = await read("op://Aurora/x/y").catch((reason: unknown) => reason);
    expect(failed).toMatchObject({ name: "OpUnavailable" });
    expect(String(failed)).toContain(`OP_SERVICE_ACCOUNT_TOKEN_FILE: ${file}: ${problem}`);
    expect(inspect(failed, { depth: 9 })).not.toContain(TOKEN);
    await expect(readFile(calls)).rejects.toThrow("ENOENT");
  });

  async function tokenFile(content: string, mode: number): Promise<string> {
    const file = join(folder, "other");
    await writeFile(file, content);
    await chmod(file, mode);
    return file;
  }

  const OWN: FileAccess = { isFile: true, mode: 0o100600, uid: 1000, gid: 1000 };
  it.each<[string, FileAccess, string | undefined]>([
    ["our own", OWN, undefined],
    ["our own, read-only", { ...OWN, mode: 0o100400 }, undefined],
    ["a credential of systemd", { ...OWN, mode: 0o100440, uid: 0, gid: 0 }, undefined],
    ["our own, for the group", { ...OWN, mode: 0o100640 }, "chmod it to 600"],
    ["root's, for our group", { ...OWN, mode: 0o100440, uid: 0 }, "chmod it to 600"],
    ["root's, written by its group", { ...OWN, mode: 0o100460, uid: 0, gid: 0 }, "chmod it to 600"],
    ["root's, for everybody", { ...OWN, mode: 0o100444, uid: 0, gid: 0 }, "chmod it to 600"],
    ["somebody else's", { ...OWN, uid: 1001 }, "belongs to another user"],
    ["a pipe", { ...OWN, isFile: false }, "expected a regular file"],
  ])("of %s", (_what, access, problem) => {
    if (problem === undefined) expect(accessProblem(access, 1000)).toBeUndefined();
    else expect(accessProblem(access, 1000)).toContain(problem);
  });
});
