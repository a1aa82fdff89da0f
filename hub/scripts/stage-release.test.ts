import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
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

const environment = () => ({ ...process.env, HUB_RELEASE: RELEASE, HUB_RELEASES: "releases" });
const stage = (folder = project) =>
  spawnSync("/bin/sh", ["-c", STAGE_SCRIPT], { cwd: folder, env: environment(), encoding: "utf8" });
const staged = () => join(project, "releases", RELEASE, "handler.mjs");

test("a release is staged whole under its digest, from any folder of the project, and again without a change", async () => {
  expect(stage(join(project, "infra"))).toMatchObject({ status: 0, stderr: "" });
  expect(await readFile(staged(), "utf8")).toBe(HANDLER);
  expect(stage()).toMatchObject({ status: 0, stderr: "" });
  expect(await readdir(join(project, "releases"))).toEqual([RELEASE]);
});

test("a damaged build is refused and leaves nothing behind", async () => {
  await writeFile(join(project, ".hub", "build", RELEASE, "handler.mjs"), "damaged");
  const { status, stderr } = stage();
  expect(status).toBe(1);
  expect(stderr).toContain(`.hub/build/${RELEASE} is damaged`);
  expect(await readdir(join(project, "releases"))).toEqual([]);
});

test("sums that are not the digest's are refused", async () => {
  const build = join(project, ".hub", "build", RELEASE);
  await writeFile(join(build, "handler.mjs"), "other");
  await writeFile(join(build, "SHA256SUMS"), `${sha256("other")}  handler.mjs\n`);
  expect(stage().status).toBe(1);
});

test("a damaged staged release is named, and not mended over a running one", async () => {
  stage();
  await writeFile(staged(), "damaged");
  const { status, stderr } = stage();
  expect(status).toBe(1);
  expect(stderr).toContain(`hub:handler.releases: releases/${RELEASE} is damaged; remove it`);
  expect(await readFile(staged(), "utf8")).toBe("damaged");
});

test("many runs at once stage one release", async () => {
  const run = `for i in 1 2 3 4 5 6 7 8; do /bin/sh -c "$STAGE" & done; wait`;
  execFileSync("/bin/sh", ["-c", run], { cwd: project, env: { ...environment(), STAGE: STAGE_SCRIPT }, stdio: "pipe" });
  expect(await readdir(join(project, "releases"))).toEqual([RELEASE]);
  expect(await readdir(join(project, "releases", RELEASE))).toEqual(["SHA256SUMS", "handler.mjs"]);
});
