import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeKillers } from "../../test/support/machine/killers.ts";
import { releasesIn } from "../../test/support/machine/small-release.ts";
import { FAIL, lock } from "./shell.ts";
import { STAGE_SCRIPT } from "./stage-release.ts";

const HANDLER = "export const handler = 1;\n";
const SUMS = `${sha256(HANDLER)}  handler.mjs\n`;
const RELEASE = sha256(SUMS);
let project = "";

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "stage-"));
  await writeFile(join(project, "Pulumi.yaml"), "name: test\n");
  await mkdir(join(project, "infra"));
  await mkdir(join(project, ".hub", "build", RELEASE), { recursive: true });
  await writeFile(join(project, ".hub", "build", RELEASE, "handler.mjs"), HANDLER);
  await writeFile(join(project, ".hub", "build", RELEASE, "SHA256SUMS"), SUMS);
});

afterEach(() => rm(project, { recursive: true }));

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

const environment = () => ({ ...process.env, HUB_RELEASE: RELEASE, HUB_RELEASES: "releases", HUB_TRANSPORT: "local" });
const stage = (folder = project, PATH = process.env.PATH) =>
  spawnSync("setsid", ["--wait", "/bin/sh", "-c", STAGE_SCRIPT], {
    cwd: folder,
    env: { ...environment(), PATH },
    encoding: "utf8",
  });
/** The files beside the lock, which stays. */
const inReleases = async () => (await readdir(join(project, "releases"))).filter((name) => name !== ".lock");
const staged = () => join(project, "releases", RELEASE, "handler.mjs");

test("a release is staged whole under its digest, from any folder of the project, and again without a change", async () => {
  expect(stage(join(project, "infra"))).toMatchObject({ status: 0, stderr: "" });
  expect(await readFile(staged(), "utf8")).toBe(HANDLER);
  expect(stage()).toMatchObject({ status: 0, stderr: "" });
  expect(await inReleases()).toEqual([RELEASE]);
});

test("a damaged build is refused and leaves nothing behind", async () => {
  await writeFile(join(project, ".hub", "build", RELEASE, "handler.mjs"), "damaged");
  const { status, stderr } = stage();
  expect(status).toBe(1);
  expect(stderr).toContain(`.hub/build/${RELEASE} is damaged`);
  expect(await inReleases()).toEqual([]);
});

test("sums that are not the digest's are refused", async () => {
  const build = join(project, ".hub", "build", RELEASE);
  await writeFile(join(build, "handler.mjs"), "other");
  await writeFile(join(build, "SHA256SUMS"), `${sha256("other")}  handler.mjs\n`);
  expect(stage().status).toBe(1);
});

test("a damaged staged release is named, and not replaced under a running one", async () => {
  stage();
  await writeFile(staged(), "damaged");
  const { status, stderr } = stage();
  expect(status).toBe(1);
  expect(stderr).toContain(`/releases/${RELEASE} is damaged (a file differs from SHA256SUMS`);
  expect(await readFile(staged(), "utf8")).toBe("damaged");
});

test.each<[what: string, spoil: (release: string) => Promise<void>, reason: string]>([
  [
    "a file that is not listed",
    (release) => writeFile(join(release, "package.json"), "{}"),
    "package.json is not listed",
  ],
  ["a link", (release) => symlink("/etc/hosts", join(release, "hosts")), "./hosts is not a file"],
])("a staged release or a build with %s is refused, and the reason names it", async (_what, spoil, reason) => {
  const build = join(project, ".hub", "build", RELEASE);
  await spoil(build);
  expect(stage()).toMatchObject({ status: 1, stderr: expect.stringContaining(`is damaged (${reason}`) });
  expect(await inReleases()).toEqual([]);
  await rm(join(build, (await readdir(build)).find((name) => /^(package|hosts)/.test(name)) ?? ""));
  stage();
  await spoil(join(project, "releases", RELEASE));
  expect(stage()).toMatchObject({ status: 1, stderr: expect.stringContaining(`is damaged (${reason}`) });
});

/** Puts a whole release beside the others, as if it had been staged so many minutes ago, and returns its digest. */
async function stagedBefore(minutes: number): Promise<string> {
  const content = `export const handler = "${minutes}";\n`;
  const sums = `${sha256(content)}  handler.mjs\n`;
  const folder = join(project, "releases", sha256(sums));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "handler.mjs"), content);
  await writeFile(join(folder, "SHA256SUMS"), sums);
  const time = new Date(Date.now() - minutes * 60_000);
  await utimes(folder, time, time);
  return sha256(sums);
}

test("five releases stay: the newest, the one just staged, and the running one however old it is", async () => {
  const old = await Promise.all([10, 20, 30, 40, 50, 60, 70].map(stagedBefore));
  const [first, second, third, , , , oldest = ""] = old;
  await symlink(oldest, join(project, "releases", "current"));
  expect(stage()).toMatchObject({ status: 0, stderr: "" });
  const names = await inReleases();
  expect(names.filter((name) => !name.startsWith("."))).toEqual(
    [RELEASE, first, second, third, oldest, "current"].sort(),
  );
});

test("a removed release can be restored until another run removes one", async () => {
  const removed = async () => (await inReleases()).filter((name) => name.startsWith(".removed."));
  const old = await Promise.all([10, 20, 30, 40, 50].map(stagedBefore));
  stage();
  expect(await removed()).toEqual([`.removed.${old[4]}`]);
  stage();
  expect(await removed()).toEqual([`.removed.${old[4]}`]);
  await stagedBefore(5);
  stage();
  expect(await removed()).toEqual([`.removed.${old[3]}`]);
});

test("the release that a restart under way would go back to stays", async () => {
  const [running = "", ...others] = await Promise.all([70, 10, 20, 30, 40, 50].map(stagedBefore));
  await symlink(others[0] ?? "", join(project, "releases", "current"));
  const notes = join(project, "releases", ".authorisations");
  await mkdir(notes);
  await writeFile(join(notes, "a".repeat(64)), "started\n");
  await writeFile(join(notes, `${"a".repeat(64)}.previous`), `${running}\n`);
  expect(stage()).toMatchObject({ status: 0, stderr: "" });
  const left = await readdir(join(project, "releases"));
  expect(left).toEqual(expect.arrayContaining([RELEASE, running, others[0]]));
  expect(left.filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(5);
});

test("staging that is killed at any step leaves no half release, and the next run ends it", async () => {
  const tools = ["base64", "tar", "sha256sum", "sync", "mv", "chmod"];
  for (let call = 1; ; call += 1) {
    await mkdir(join(project, "releases"));
    const bin = await makeKillers(project, tools, call);
    const killed = stage(project, [bin, process.env.PATH].join(delimiter));
    const { whole, others } = await releasesIn(join(project, "releases"));
    expect(others.every((name) => name === ".lock" || name.startsWith(".unfinished."))).toBe(true);
    expect([0, null]).toContain(killed.status);
    expect(stage()).toMatchObject({ status: 0, stderr: "" });
    expect(await inReleases()).toEqual([RELEASE]);
    if (killed.status === 0) {
      expect(whole).toEqual([RELEASE]);
      expect(call).toBeGreaterThan(tools.length);
      break;
    }
    await rm(join(project, "releases"), { recursive: true });
  }
});

test("it waits for another run, and names it after a while", async () => {
  const releases = join(project, "releases");
  await mkdir(releases);
  await writeFile(join(releases, ".lock"), "the restart onto 5e, process 7\n");
  const holder = spawn("flock", [join(releases, ".lock"), "-c", `echo held; sleep 2; touch '${project}/let-go'`]);
  try {
    await once(holder.stdout, "data");
    const script = `${FAIL}\n${lock(0)}\nlock other`;
    const refused = spawnSync("/bin/sh", ["-c", script], {
      env: { ...process.env, HUB_RELEASES: releases },
      encoding: "utf8",
    });
    expect(refused).toMatchObject({ status: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^hub:handler\.releases: .*: the restart onto 5e, process 7; wait .*\n$/);
    expect(stage()).toMatchObject({ status: 0, stderr: "" });
    expect(await readdir(project)).toContain("let-go");
    expect(await inReleases()).toEqual([RELEASE]);
    expect(await readFile(join(releases, ".lock"), "utf8")).toMatch(
      /^the staging of [0-9a-f]{64}, process \d+, since /,
    );
  } finally {
    holder.kill();
  }
});

test("a script that is told to stop removes its unfinished work", async () => {
  const bin = join(project, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "sync"), "#!/bin/sh\nkill -TERM $PPID\n");
  await chmod(join(bin, "sync"), 0o755);
  expect(stage(project, [bin, process.env.PATH].join(delimiter))).toMatchObject({ status: 1 });
  expect(await inReleases()).toEqual([]);
});

test("many runs at once stage one release", async () => {
  const run = `for i in 1 2 3 4 5 6 7 8; do /bin/sh -c "$STAGE" & done; wait`;
  execFileSync("/bin/sh", ["-c", run], { cwd: project, env: { ...environment(), STAGE: STAGE_SCRIPT }, stdio: "pipe" });
  expect(await inReleases()).toEqual([RELEASE]);
  expect(await readdir(join(project, "releases", RELEASE))).toEqual(["SHA256SUMS", "handler.mjs"]);
});
