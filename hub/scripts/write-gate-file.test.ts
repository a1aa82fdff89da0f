import { execFileSync, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOOK_AT_GATE_FILE, REMOVE_GATE_FILE, SHUT_GATE_FILE, WRITE_GATE_FILE } from "./write-gate-file.ts";

const LOCAL = '{"gate":{"plan":"it\'s \\"$HOME\\" `b14` %s \\\\n"},"sender":"+19497798471","version":2}';
const TOLL_FREE = '{"gate":{},"sender":"+18446883807","version":2}';
const CONTENT = `${LOCAL}\n${TOLL_FREE}`;
const MAC = "ab".repeat(32);
const OTHER_MAC = "cd".repeat(32);
const MACS = `${MAC}\n${OTHER_MAC}`;
const FILE = `${MAC} ${LOCAL}\n${OTHER_MAC} ${TOLL_FREE}\n`;
let project = "";

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "gate-file-"));
  await writeFile(join(project, "Pulumi.yaml"), "name: test\n");
  await mkdir(join(project, "infra"));
});

afterEach(() => rm(project, { recursive: true }));

const gateFile = () => join(project, "state dir", "gate");

function run(script: string, file = gateFile(), environment: Readonly<Record<string, string>> = {}) {
  const env = { ...process.env, HUB_GATE: CONTENT, HUB_GATE_MAC: MACS, HUB_GATE_FILE: file, ...environment };
  return spawnSync("/bin/sh", ["-c", script], { cwd: join(project, "infra"), env, encoding: "utf8" });
}

const look = (file = gateFile()) => run(LOOK_AT_GATE_FILE, file).stdout;

test("the file is written whole, readable for the handler, with its folder, and leaves nothing beside it", async () => {
  expect(run(WRITE_GATE_FILE)).toMatchObject({ status: 0, stdout: "", stderr: "" });
  expect(await readFile(gateFile(), "utf8")).toBe(FILE);
  expect((await stat(gateFile())).mode & 0o777).toBe(0o644);
  expect(await readdir(join(project, "state dir"))).toEqual(["gate"]);
});

test("a relative path starts from the project's top, whatever folder the script runs in", async () => {
  expect(run(WRITE_GATE_FILE, "-state/gate")).toMatchObject({ status: 0, stderr: "" });
  expect(await readFile(join(project, "-state", "gate"), "utf8")).toContain(MAC);
  expect(look("-state/gate")).toBe("as declared\n");
  expect(run(REMOVE_GATE_FILE, "-state/gate").status).toBe(0);
  expect(await readdir(join(project, "-state"))).toEqual([]);
});

test("an old file is replaced, and so is a link, but not the link's target", async () => {
  await mkdir(join(project, "state dir"));
  await writeFile(join(project, "elsewhere"), "old");
  await symlink(join(project, "elsewhere"), gateFile());
  expect(run(WRITE_GATE_FILE).status).toBe(0);
  expect(await readFile(gateFile(), "utf8")).toContain(MAC);
  expect(await readFile(join(project, "elsewhere"), "utf8")).toBe("old");
});

test("a path of a folder is refused by its key", async () => {
  await mkdir(gateFile(), { recursive: true });
  const { status, stderr } = run(WRITE_GATE_FILE);
  expect(status).toBe(1);
  expect(stderr).toContain("hub:handler.gateFile: ");
  expect(await readdir(gateFile())).toEqual([]);
});

test("if the new file cannot be written, the old one is removed", async () => {
  run(WRITE_GATE_FILE);
  const tools = join(project, "tools");
  await mkdir(tools);
  await writeFile(join(tools, "chmod"), "#!/bin/sh\necho no space >&2\nexit 1\n");
  await chmod(join(tools, "chmod"), 0o755);
  const { status, stderr } = run(WRITE_GATE_FILE, gateFile(), { PATH: `${tools}:${process.env.PATH}` });
  expect(status).toBe(1);
  expect(stderr).toContain("no space");
  expect(await readdir(join(project, "state dir"))).toEqual([]);
});

test("a script that misses a value fails", () => {
  const environment = { PATH: process.env.PATH, HUB_GATE_FILE: gateFile(), HUB_GATE: CONTENT };
  const result = spawnSync("/bin/sh", ["-c", WRITE_GATE_FILE], { cwd: project, env: environment, encoding: "utf8" });
  expect(result.status).not.toBe(0);
  expect(look()).toBe("missing\n");
});

test("the file is removed, and removing it again is not an error", async () => {
  run(WRITE_GATE_FILE);
  for (const _time of [1, 2]) expect(run(REMOVE_GATE_FILE)).toMatchObject({ status: 0, stderr: "" });
  expect(await readdir(join(project, "state dir"))).toEqual([]);
});

const shut = (environment: Readonly<Record<string, string>> = {}) =>
  run(SHUT_GATE_FILE, gateFile(), { HUB_USER: "", HUB_NUMBER: "", HUB_GATE_MAC: "", ...environment });

test("declared approvals stay; anything else is removed without a MAC, but only by the right user", async () => {
  expect(shut()).toMatchObject({ status: 0, stdout: "shut already\n" });
  run(WRITE_GATE_FILE);
  expect(shut({ HUB_USER: userInfo().username })).toMatchObject({ stdout: "nothing to remove\n", stderr: "" });
  expect(look()).toBe("as declared\n");
  await writeFile(gateFile(), `${MAC} {"gate":{"open":true},"sender":"+19497798471","version":2}\n`);
  const { status, stderr } = shut({ HUB_USER: "nobody-else" });
  expect(status).toBe(1);
  expect(stderr).toContain("hub:transport.user is nobody-else");
  for (const _other of ["open", "dangling"]) {
    expect(shut()).toMatchObject({ status: 0, stdout: "removed\n", stderr: "" });
    expect(look()).toBe("missing\n");
    await symlink(join(project, "nowhere"), gateFile());
  }
  await rm(gateFile());
  await mkdir(gateFile());
  expect(shut().status).not.toBe(0);
});

test("only the approvals that are not declared are removed", async () => {
  run(WRITE_GATE_FILE);
  expect(shut({ HUB_GATE: TOLL_FREE })).toMatchObject({ status: 0, stdout: "some removed\n", stderr: "" });
  expect(await readFile(gateFile(), "utf8")).toBe(`${OTHER_MAC} ${TOLL_FREE}\n`);
  expect((await stat(gateFile())).mode & 0o777).toBe(0o644);
  expect(await readdir(join(project, "state dir"))).toEqual(["gate"]);
  expect(shut({ HUB_GATE: LOCAL })).toMatchObject({ status: 0, stdout: "removed\n" });
  run(WRITE_GATE_FILE);
  expect(shut({ HUB_GATE: "" })).toMatchObject({ status: 0, stdout: "removed\n" });
  expect(look()).toBe("missing\n");
});

test("one number is shut, whatever is declared", async () => {
  run(WRITE_GATE_FILE);
  expect(shut({ HUB_NUMBER: "+18446883807" })).toMatchObject({ status: 0, stdout: "some removed\n", stderr: "" });
  expect(await readFile(gateFile(), "utf8")).toBe(`${MAC} ${LOCAL}\n`);
  expect(shut({ HUB_NUMBER: "+18446883807" })).toMatchObject({ status: 0, stdout: "nothing to remove\n" });
  expect(shut({ HUB_NUMBER: "+1949779847" })).toMatchObject({ status: 0, stdout: "nothing to remove\n" });
  expect(shut({ HUB_NUMBER: "+19497798471" })).toMatchObject({ status: 0, stdout: "removed\n" });
  expect(look()).toBe("missing\n");
});

test.each([
  ["a file of version 1", `{"gate":{"open":true},"version":1}\n${MAC}\n`],
  ["blank lines", "\n\n"],
  ["a MAC without an approval", `${MAC} \n`],
  ["another version", FILE.replaceAll('"version":2', '"version":3')],
])("%s is removed as a whole, for one number too", async (_what, content) => {
  for (const HUB_NUMBER of ["", "+18446883807"]) {
    await mkdir(join(project, "state dir"), { recursive: true });
    await writeFile(gateFile(), content);
    expect(shut({ HUB_NUMBER, HUB_GATE: "" })).toMatchObject({ status: 0, stdout: "removed\n", stderr: "" });
    expect(look()).toBe("missing\n");
  }
});

test("a file that cannot be written again is removed", async () => {
  run(WRITE_GATE_FILE);
  const tools = join(project, "tools");
  await mkdir(tools);
  await writeFile(join(tools, "mktemp"), "#!/bin/sh\necho no space >&2\nexit 1\n");
  await chmod(join(tools, "mktemp"), 0o755);
  const { status, stderr } = shut({ HUB_NUMBER: "+18446883807", PATH: `${tools}:${process.env.PATH}` });
  expect(status).toBe(1);
  expect(stderr).toContain("no space");
  expect(await readdir(join(project, "state dir"))).toEqual([]);
});

test("a look prints the state of the file and none of its content", async () => {
  expect(look()).toBe("missing\n");
  run(WRITE_GATE_FILE);
  expect(look()).toBe("as declared\n");
  for (const other of ["", FILE.trimEnd(), `${FILE}\n`, `${MAC} ${LOCAL}\n`, FILE.replace(OTHER_MAC, MAC)]) {
    await writeFile(gateFile(), other);
    expect(run(LOOK_AT_GATE_FILE)).toMatchObject({ status: 0, stdout: "not as declared\n", stderr: "" });
  }
});

test("a look at something other than a file does not block", async () => {
  await mkdir(gateFile(), { recursive: true });
  expect(look()).toBe("not as declared\n");
  execFileSync("mkfifo", [join(project, "fifo")]);
  expect(look(join(project, "fifo"))).toBe("not as declared\n");
  await symlink(join(project, "nowhere"), join(project, "dangling"));
  expect(look(join(project, "dangling"))).toBe("not as declared\n");
});

test("many runs at once leave one whole file", async () => {
  const loop = `for i in 1 2 3 4 5 6 7 8; do /bin/sh -c "$WRITE" & done; wait`;
  expect(run(loop, gateFile(), { WRITE: WRITE_GATE_FILE }).stderr).toBe("");
  expect(look()).toBe("as declared\n");
  expect(await readdir(join(project, "state dir"))).toEqual(["gate"]);
});
