import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { BIN_FOLDER, writeVault } from "../../loopback/vault.ts";
import { makeKeyPair, type SshServer, startSshServer } from "../../test/support/machine/ssh-server.ts";
import { freePort } from "../../tools/cli/free-port.ts";
import { onMachine } from "./on-machine.ts";

const KEY = "op://Aurora/deploy/private-key";
const OTHER_KEY = "op://Aurora/deploy/another-key";
const VALUE = `it's "$HOME" \`id\` \\n $(id); rm *`;
const SHOW = `printf '%s|' "$HUB_VALUE"; cat`;

/** The real client. It records its arguments and its agent's keys. */
const SSH = `#!/bin/sh
printf '%s\\n' "$@" >"$TEST_FOLDER/args"
ssh-add -L >"$TEST_FOLDER/keys"
echo "$SSH_AUTH_SOCK" >"$TEST_FOLDER/agent"
PATH="\${PATH#*:}"
exec ssh "$@"
`;

let folder = "";
let server: SshServer;
let publicKey = "";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "on-machine-"));
  for (const name of ["bin", "tmp", "machine"]) await mkdir(join(folder, name));
  await writeFile(join(folder, "bin", "ssh"), SSH);
  await chmod(join(folder, "bin", "ssh"), 0o755);
  const [client, another] = [await makeKeyPair(folder, "client"), await makeKeyPair(folder, "another")];
  publicKey = client.public;
  await writeVault(join(folder, "vault"), { [KEY]: client.private, [OTHER_KEY]: another.private });
  server = await startSshServer(join(folder, "machine"), client.public, { PATH: process.env.PATH ?? "" });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => expect(await readdir(join(folder, "tmp"))).toEqual([]));

function start(script: string, environment: Readonly<Record<string, string | undefined>>) {
  const env = {
    PATH: [join(folder, "bin"), BIN_FOLDER, process.env.PATH].join(delimiter),
    TMPDIR: join(folder, "tmp"),
    TEST_FOLDER: folder,
    LOOPBACK_OP_VAULT: join(folder, "vault"),
    HUB_VALUE: VALUE,
    HUB_SSH_HOST: "127.0.0.1",
    HUB_SSH_HOST_KEY: server.hostKey,
    HUB_SSH_KEY: KEY,
    HUB_SSH_PORT: String(server.port),
    HUB_SSH_USER: "hub",
    ...environment,
  };
  return spawn("/bin/sh", ["-c", script], { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
}

async function run(script: string, environment: Readonly<Record<string, string | undefined>>) {
  const child = start(script, environment);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { status: child.exitCode, stdout, stderr };
}

test.each(["local", "ssh"])("over %s a script gets its variables unchanged, and its input", async (transport) => {
  const script = onMachine(SHOW, ["HUB_VALUE"], "echo aGVsbG8=");
  const expected = { status: 0, stdout: `${VALUE}|aGVsbG8=\n`, stderr: "" };
  expect(await run(script, { HUB_TRANSPORT: transport })).toEqual(expected);
});

// The client itself exits with 255 if it fails.
test.each([
  ["local", 3],
  ["ssh", 3],
  ["ssh", 255],
])(
  "over %s a script without input reads nothing, and its status %i and its words come back",
  async (transport, status) => {
    const script = onMachine(`cat; echo no such thing >&2; exit ${status}`, []);
    expect(await run(script, { HUB_TRANSPORT: transport })).toEqual({ status, stdout: "", stderr: "no such thing\n" });
  },
);

test("over ssh the agent has only this key, and no value is an argument", async () => {
  expect(await run(onMachine(SHOW, ["HUB_VALUE"]), { HUB_TRANSPORT: "ssh" })).toMatchObject({ status: 0 });
  expect(await readFile(join(folder, "args"), "utf8")).not.toContain("rm *");
  await expectNoAgent();
  expect((await readFile(join(folder, "keys"), "utf8")).split("\n")).toEqual([`${publicKey} client`, ""]);
});

/** An agent removes its socket when it ends, some time after it was told to. */
async function expectNoAgent(): Promise<void> {
  const socket = (await readFile(join(folder, "agent"), "utf8")).trim();
  expect(socket).toMatch(/^\/.*agent/);
  await expect.poll(() => existsSync(socket)).toBe(false);
}

test("a script that is told to stop leaves no agent and no file behind", async () => {
  const child = start(onMachine("echo begun; sleep 30", ["HUB_VALUE"]), { HUB_TRANSPORT: "ssh" });
  await once(child.stdout, "data");
  process.kill(-(child.pid ?? Number.NaN), "SIGTERM");
  await once(child, "close");
  expect(child.exitCode).not.toBe(0);
  await expectNoAgent();
});

test.each([
  [
    "a key that op does not give",
    { HUB_SSH_KEY: "op://Aurora/deploy/none" },
    /^hub:transport\.privateKey: op:\/\/Aurora\/deploy\/none cannot be read with op as a private key: \[ERROR\]/,
  ],
  [
    "a key that the host does not take",
    { HUB_SSH_KEY: OTHER_KEY },
    /^hub:transport: hub@127\.0\.0\.1 .*Permission denied \(publickey\)/,
  ],
  ["an empty transport", { HUB_TRANSPORT: "" }, /^hub:transport: expected local or ssh; found $/m],
])("%s is reported in one line", async (_what, environment, line) => {
  await expectRefusal(environment, line);
});

async function expectRefusal(environment: Readonly<Record<string, string>>, line: RegExp): Promise<void> {
  const { status, stdout, stderr } = await run(onMachine(SHOW, ["HUB_VALUE"]), {
    HUB_TRANSPORT: "ssh",
    ...environment,
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toMatch(line);
  expect(stderr.trim().split("\n")).toHaveLength(1);
}

test("a host with another key than the pinned one gets nothing", async () => {
  await expectRefusal(
    { HUB_SSH_HOST_KEY: publicKey },
    /^hub:transport: .* another key than the pinned one: Host key verification failed/,
  );
});

test("a host that is not reached is reported in one line", async () => {
  const closed = String(await freePort());
  await expectRefusal({ HUB_SSH_PORT: closed }, /^hub:transport: .* cannot be reached.*: .*Connection refused/);
});

test("a client that is not installed is named, but not the key", async () => {
  const bin = join(folder, "no-agent");
  await mkdir(bin);
  for (const tool of ["cat", "mktemp", "rm", "sed", "ssh", "ssh-add"]) {
    const { stdout } = spawnSync("/bin/sh", ["-c", `command -v ${tool}`], { encoding: "utf8" });
    await symlink(stdout.trim(), join(bin, tool));
  }
  await expectRefusal({ PATH: bin }, /^hub:transport: ssh-agent is not on PATH where up runs/);
});

test("a variable without a value ends the script before anything runs", async () => {
  const script = onMachine(SHOW, ["HUB_VALUE", "HUB_MISSING"]);
  const { status, stdout } = await run(script, { HUB_TRANSPORT: "local" });
  expect(status).not.toBe(0);
  expect(stdout).toBe("");
});
