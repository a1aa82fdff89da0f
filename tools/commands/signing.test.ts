/** `npm run signing` against the loopback cloud, each command in a process of its own. */
import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { KEY, signingWith } from "../../hub/testing/signing.ts";
import { placeSetting } from "../../loopback/twilio/configuration/make.ts";
import { configText, makeSigningStack, type SigningStack } from "../../test/support/signing/signing-stack.ts";
import { withoutProgress } from "../../test/support/without-progress.ts";
import { endOf } from "../cli/child-process.ts";

const ITEM = "op://Aurora/signing-2026-12/webhooks/secret";
const NEW = ["new", "--item", ITEM, "--write"];
const SIGNING = signingWith({ authToken: "accept" });

let stack: SigningStack;
beforeEach(async () => {
  stack = await makeSigningStack({ signing: SIGNING });
});
afterEach(() => stack.close());

const saved = () => stack.cloud.twilio.state.webhooks.saved;
const marked = () =>
  [...saved().sharedKeys.values()].filter(({ friendlyName }) => friendlyName.startsWith("twilio-hub "));
const vault = async () =>
  z.record(z.string(), z.string()).parse(JSON.parse(await readFile(stack.cloud.vaultFile, "utf8")));
const keys = async () => (await stack.config()).signing?.keys ?? [];

/** Puts a program before the stand-in `op`. `$real` is the stand-in. */
async function beforeOp(script: string): Promise<void> {
  const file = join(stack.programs, "op");
  await writeFile(file, `#!/bin/sh\nreal='${join(stack.cloud.binFolder, "op")}'\n${script}\nexec "$real" "$@"\n`);
  await chmod(file, 0o755);
}

/** The text of every file below the stack's folder. */
async function filesOf(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), "utf8"));
  return (await Promise.all(files)).join("\n");
}

test("new makes a key, stores its secret, and adds it to the config after the others", async () => {
  const { code, stdout, stderr } = await stack.signing(NEW);
  expect({ code, stderr: withoutProgress(stderr) }).toEqual({ code: 0, stderr: "" });
  const [key] = marked();
  expect(await vault()).toMatchObject({ [ITEM]: key?.secret, "op://Aurora/signing-2026-12/key-id": key?.id });
  expect(await keys()).toMatchObject([{ id: KEY }, { id: key?.id, algorithm: "HMAC_SHA256", secret: ITEM }]);
  expect(stdout).toContain(`+      - id: ${key?.id}`);
});

test("the first key of a stack begins hub:signing, without any Rule, and the auth token is still accepted", async () => {
  await stack.close();
  stack = await makeSigningStack();
  const { code, stderr } = await stack.signing(NEW);
  expect(code, stderr).toBe(0);
  const { signing } = await stack.config();
  expect(signing).toMatchObject({
    authToken: "accept",
    keys: [{ secret: ITEM }],
    settings: [],
    rules: [],
    queries: "unprobed",
  });
  expect((await stack.signing(["rotate"])).stdout).toContain("does not accept the key");
});

test("without --write new shows the change, and makes nothing", async () => {
  const before = await configText(stack);
  const { code, stdout } = await stack.signing(["new", "--item", ITEM]);
  expect(code).toBe(0);
  expect(stdout).toContain(`secret: ${ITEM}`);
  expect(stdout).toContain("nothing was made or written; add --write");
  expect([await configText(stack), marked()]).toEqual([before, []]);
});

test.runIf(process.platform === "linux")(
  "the secret is in no output, argument, variable, config or temporary file",
  async () => {
    const seen = join(stack.folder, "seen");
    // Every process of the run, while op has the secret: its arguments, and the variables with which it was started.
    await beforeOp(
      `for process in /proc/[0-9]*; do
  tr '\\0' '\\n' <"$process/environ" 2>/dev/null | grep -qx 'SIGNING_RUN=here' || continue
  tr '\\0' ' ' <"$process/cmdline" >>'${seen}'
  tr '\\0' '\\n' <"$process/environ" >>'${seen}'
done 2>/dev/null`,
    );
    const { code, stdout, stderr } = await stack.signing(NEW, { SIGNING_RUN: "here" });
    expect(code, stderr).toBe(0);
    const secret = marked()[0]?.secret ?? "";
    expect(secret).toHaveLength(64);
    const processes = await readFile(seen, "utf8");
    for (const shown of ["item create -", "cat", "tools/commands/signing.ts", ITEM])
      expect(`${processes}${stdout}`).toContain(shown);
    for (const where of [stdout, stderr, processes, await filesOf(stack.folder)]) expect(where).not.toContain(secret);
    // Control: the search sees the files, and the vault has it.
    expect(await filesOf(stack.folder)).toContain(ITEM);
    expect(Object.values(await vault())).toContain(secret);
  },
);

test.each([
  ["refuses", "exit 1", "1Password's CLI did not take the secret"],
  ["repeats the secret in its error", "cat >&2; exit 1", "1Password's CLI did not take the secret"],
  [
    "stores something else",
    `sed 's/"value":"[0-9a-f]*"/"value":"other"/' | "$real" "$@"; exit 0`,
    "does not lead to the secret",
  ],
])(
  "if 1Password %s, the key is deleted at Twilio again, and the message says so without the secret",
  async (_, answer, message) => {
    const before = await configText(stack);
    await beforeOp(`[ "$1 $2" != "item create" ] || { ${answer}; }`);
    const { code, stdout, stderr } = await stack.signing(NEW);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(
      /; the key webhooks_sharedkey_\w{26} was deleted at Twilio again, and the config is unchanged\n$/,
    );
    expect(stderr).not.toMatch(/[0-9a-f]{64}/);
    expect([await configText(stack), marked()]).toEqual([before, []]);
  },
);

test("a run that is killed before the secret is stored leaves a key that status names, and its command deletes it", async () => {
  await beforeOp('[ "$1 $2" != "item create" ] || { echo $$ >"$MARK"; exec sleep 60; }');
  await killedAtCreate();
  const [orphan] = marked();
  expect(await keys()).toHaveLength(1);
  const again = await stack.signing(NEW);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain(`broken off before its secret was stored`);
  const status = await stack.signing(["status"]);
  const command = `npm run signing -- delete --stack test --key ${orphan?.id} --yes`;
  expect(status.stdout).toContain(command);
  expect(marked()).toHaveLength(1);
  const args = command.split(" -- ")[1]?.replace("--stack test ", "").split(" ") ?? [];
  expect((await stack.signing(args)).code).toBe(0);
  expect(marked()).toEqual([]);
});

test("a run that is killed after the secret was stored is taken up by the next one, with the same key", async () => {
  await beforeOp('[ "$1 $2" != "item create" ] || { "$real" "$@"; echo $$ >"$MARK"; exec sleep 60; }');
  await killedAtCreate();
  const [key] = marked();
  await beforeOp("");
  const { code, stderr } = await stack.signing(NEW);
  expect(code, stderr).toBe(0);
  expect(marked()).toEqual([key]);
  expect((await keys()).at(-1)).toMatchObject({ id: key?.id, secret: ITEM });
});

test("an item that exists, or a reference that the config has, is refused before a key is made", async () => {
  for (const [item, message] of [
    ["op://Aurora/twilio/signing-key", "already has it"],
    ["op://Aurora/twilio/second", 'already has an item "twilio"'],
    ["op://Other/new/secret", "cannot list the vault"],
    ["secret", "expected the reference that the secret will have"],
  ] as const) {
    const { code, stderr } = await stack.signing(["new", "--item", item, "--write"]);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  }
  expect(marked()).toEqual([]);
});

test("status shows keys, Settings, Rules and the next step, in tables of at most 100 columns, and as JSON", async () => {
  await stack.restart();
  expect((await stack.up()).code).toBe(0);
  const { code, stdout } = await stack.signing(["status"]);
  expect(code).toBe(0);
  expect(stdout).toContain(`${KEY}  valid   yes     accepts`);
  expect(stdout).toMatch(/^https:\/\/webhook\.reri\.co\/voice\/webhook +first 100 % +the hub's$/m);
  expect(stdout).toContain("ignored in the config; not known by the handler's counts");
  expect(stdout).toContain(`next: the key ${KEY} signs alone`);
  expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(100);
  const json: unknown = JSON.parse((await stack.signing(["status", "--json"])).stdout);
  expect(json).toMatchObject({
    stack: "test",
    signers: [
      { signer: KEY, config: "valid", atTwilio: "yes", running: "accepts", signed: "not known" },
      { signer: "auth-token" },
    ],
    settings: [{ name: "first", key: KEY }],
    queries: { config: "ignored", answer: "not known" },
    findings: [],
    notKnown: [],
  });
});

test("status says what it cannot know if the machine cannot be reached, and shows the rest", async () => {
  await stack.restart();
  await writeFile(join(stack.folder, "releases", "current", "signing.json"), "{");
  const { code, stdout } = await stack.signing(["status"]);
  expect(code).toBe(0);
  expect(stdout).toContain("not known: hub:signing: the running release's file about its keys is damaged");
  expect(stdout).toContain("found: the declared Setting twilio-hub first is missing");
});

test("rotate changes nothing without --write, and --write with nothing to write exits with 1", async () => {
  await stack.signing(NEW);
  const before = await configText(stack);
  const [newest] = marked();
  const refused = await stack.signing(["rotate", "--write"]);
  expect(refused).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`does not accept the key ${newest?.id} yet`),
  });
  await stack.restart();
  await stack.up();
  const shown = await stack.signing(["rotate"]);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("nothing was written; add --write") });
  expect(shown.stdout).toContain("percentage: 95");
  expect(await configText(stack)).toBe(before);
});

test("delete refuses a key of the config and a key that a Setting uses, and asks for --yes", async () => {
  await stack.restart();
  await stack.up();
  const ofConfig = await stack.signing(["delete", "--key", KEY, "--yes"]);
  expect(ofConfig).toMatchObject({ code: 1, stderr: expect.stringContaining("still has it") });
  await stack.signing(NEW);
  const [made] = marked();
  if (made === undefined) throw new Error("no key was made");
  const without = (await configText(stack)).split("\n");
  await writeFile(
    stack.configFile,
    without.filter((_, index) => index < lineOf(without, made.id) || index > lineOf(without, made.id) + 3).join("\n"),
  );
  const signature = { type: "SHARED_KEY" as const, sharedKeyId: made.id, algorithm: "HMAC_SHA256" as const };
  const setting = placeSetting(stack.cloud.twilio.state.webhooks, {
    auth: { source: "INLINE", value: { scheme: "NONE" } },
    signature,
  });
  const used = await stack.signing(["delete", "--key", made.id, "--yes"]);
  expect(used).toMatchObject({ code: 1, stderr: expect.stringContaining(`the Setting ${setting.id} still uses it`) });
  stack.cloud.twilio.state.webhooks.place(({ settings }) => settings.delete(setting.id));
  expect((await stack.signing(["delete", "--key", made.id])).stdout).toContain("nothing was deleted; add --yes");
  expect(marked()).toHaveLength(1);
});

/** The index of the line that begins a key of the config. */
function lineOf(lines: readonly string[], id: string): number {
  return lines.findIndex((line) => line.includes(id));
}

/** Runs new until `op item create` runs, and kills both there. */
async function killedAtCreate(): Promise<void> {
  const mark = join(stack.folder, "at-create");
  const child = stack.begin(NEW, { MARK: mark });
  const op = () => readFile(mark, "utf8").catch(() => "");
  await expect.poll(op, { timeout: 20_000 }).toMatch(/^\d+\n$/);
  child.kill("SIGKILL");
  await endOf(child);
  process.kill(Number(await op()), "SIGKILL");
}
