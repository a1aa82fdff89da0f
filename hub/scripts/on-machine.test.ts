import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BIN_FOLDER, writeVault } from "../../loopback/vault.ts";
import { onMachine } from "./on-machine.ts";

const KEY = "op://Aurora/deploy/private-key";
const VALUE = `it's "$HOME" \`id\` \\n $(id); rm *`;
const SHOW = `printf '%s|' "$HUB_VALUE"; cat`;
let folder = "";

/** Without a server: what would go over is run here, in another folder and with nothing of this environment. */
const SSH = `#!/bin/sh
for arg in "$@"; do case "$arg" in UserKnownHostsFile=*) cat "\${arg#*=}" >>"$TEST_FOLDER/known"; esac; echo "$arg" >>"$TEST_FOLDER/args"; done
while [ "$1" != -E ]; do shift; done
echo "Connection refused" >"$2"
ssh-add -L >>"$TEST_FOLDER/keys" 2>&1
cd / && exec env -i PATH="$PATH" /bin/sh -c "\${TEST_SSH:-$(eval echo "\\\${$#}")}"
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "on-machine-"));
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "tmp"));
  await writeFile(join(folder, "bin", "ssh"), SSH);
  await chmod(join(folder, "bin", "ssh"), 0o755);
  spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "deploy", "-f", join(folder, "key")]);
  await writeVault(join(folder, "vault"), { [KEY]: await readFile(join(folder, "key"), "utf8") });
});
afterEach(() => rm(folder, { recursive: true }));

function run(script: string, environment: Readonly<Record<string, string | undefined>>) {
  const env = {
    PATH: [join(folder, "bin"), BIN_FOLDER, process.env.PATH].join(delimiter),
    TMPDIR: join(folder, "tmp"),
    TEST_FOLDER: folder,
    LOOPBACK_OP_VAULT: join(folder, "vault"),
    HUB_VALUE: VALUE,
    HUB_SSH_HOST: "machine.example.com",
    HUB_SSH_HOST_KEY: "ssh-ed25519 AAAA",
    HUB_SSH_KEY: KEY,
    HUB_SSH_PORT: "2222",
    HUB_SSH_USER: "hub",
    ...environment,
  };
  return spawnSync("/bin/sh", ["-c", script], { cwd: folder, env, encoding: "utf8" });
}

test.each(["local", "ssh"])("over %s a script gets its variables to the letter, and its input", (transport) => {
  const script = onMachine(SHOW, ["HUB_VALUE"], "echo aGVsbG8=");
  const expected = { status: 0, stdout: `${VALUE}|aGVsbG8=\n`, stderr: "" };
  expect(run(script, { HUB_TRANSPORT: transport })).toMatchObject(expected);
});

test.each(["local", "ssh"])(
  "over %s a script without input reads nothing, and its status and words come back",
  (transport) => {
    const script = onMachine(`cat; echo no such thing >&2; exit 3`, []);
    expect(run(script, { HUB_TRANSPORT: transport })).toMatchObject({
      status: 3,
      stdout: "",
      stderr: "no such thing\n",
    });
  },
);

test("over ssh the host's key is pinned, the agent has the key alone, no value is an argument, and nothing stays", async () => {
  run(onMachine(SHOW, ["HUB_VALUE"]), { HUB_TRANSPORT: "ssh" });
  const args = await readFile(join(folder, "args"), "utf8");
  expect(args).toContain("StrictHostKeyChecking=yes\n");
  expect(args).not.toContain("rm *");
  expect(await readFile(join(folder, "known"), "utf8")).toBe("hub ssh-ed25519 AAAA\n");
  expect(await readFile(join(folder, "keys"), "utf8")).toBe(await readFile(join(folder, "key.pub"), "utf8"));
  expect(await readdir(join(folder, "tmp"))).toEqual([]);
});

test("a key that op does not give, a host that is not reached, and no transport are one line each", () => {
  const script = onMachine(SHOW, ["HUB_VALUE"]);
  const other = "op://Aurora/deploy/other";
  const noKey = run(script, { HUB_TRANSPORT: "ssh", HUB_SSH_KEY: other });
  expect(noKey.stderr).toContain(`hub:transport.privateKey: ${other} cannot be read with op as a private key: [ERROR]`);
  const noHost = run(script, { HUB_TRANSPORT: "ssh", TEST_SSH: "exit 255" });
  expect(noHost.stderr).toMatch(/^hub:transport: hub@machine\.example\.com cannot be reached.*: Connection refused$/m);
  const none = run(script, { HUB_TRANSPORT: "" });
  expect(none.stderr).toBe("hub:transport: expected local or ssh; found \n");
  for (const { status, stderr } of [noKey, noHost, none]) {
    expect(status).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  }
});

test("a variable without a value ends it before anything runs", () => {
  const { status, stdout } = run(onMachine(SHOW, ["HUB_VALUE", "HUB_MISSING"]), { HUB_TRANSPORT: "local" });
  expect(status).not.toBe(0);
  expect(stdout).toBe("");
});
