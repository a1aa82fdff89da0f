import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LOOK_AT_RELEASE } from "./look-at-release.ts";

const HANDLER = "export const handler = 1;\n";
const SUMS = `${sha256(HANDLER)}  handler.mjs\n`;
const RELEASE = sha256(SUMS);
let releases = "";

beforeEach(async () => {
  releases = await mkdtemp(join(tmpdir(), "look-"));
  await mkdir(join(releases, RELEASE));
  await writeFile(join(releases, RELEASE, "handler.mjs"), HANDLER);
  await writeFile(join(releases, RELEASE, "SHA256SUMS"), SUMS);
});
afterEach(() => rm(releases, { recursive: true }));

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

const look = () =>
  spawnSync("/bin/sh", ["-c", LOOK_AT_RELEASE], {
    env: { ...process.env, HUB_RELEASE: RELEASE, HUB_RELEASES: releases, HUB_TRANSPORT: "local" },
    encoding: "utf8",
  });
const own = (name: string) => join(releases, RELEASE, name);

test("a whole release is as declared", () => {
  expect(look()).toMatchObject({ status: 0, stdout: "as declared\n", stderr: "" });
});

test.each([
  ["is gone", () => rm(join(releases, RELEASE), { recursive: true }), "missing"],
  ["has another handler", () => writeFile(own("handler.mjs"), "other"), "not as declared"],
  ["lacks a file", () => rm(own("handler.mjs")), "not as declared"],
  ["lacks its sums", () => rm(own("SHA256SUMS")), "not as declared"],
  [
    "has the sums of another release",
    async () => {
      await writeFile(own("handler.mjs"), "other");
      await writeFile(own("SHA256SUMS"), `${sha256("other")}  handler.mjs\n`);
    },
    "not as declared",
  ],
  ["has a file that is not listed", () => writeFile(own("package.json"), "{}"), "not as declared"],
  ["has a hidden file", () => writeFile(own(".env"), "A=b"), "not as declared"],
  ["has a folder", () => mkdir(own("node_modules")), "not as declared"],
  ["has a link beside its files", () => symlink("handler.mjs", own("index.mjs")), "not as declared"],
  ["has a link that leads nowhere", () => symlink("nowhere", own("..d")), "not as declared"],
  [
    "has a link to a file with the same bytes",
    async () => {
      await writeFile(join(releases, "elsewhere.mjs"), HANDLER);
      await rm(own("handler.mjs"));
      await symlink("../elsewhere.mjs", own("handler.mjs"));
    },
    "not as declared",
  ],
  [
    "is a link to a whole one",
    async () => {
      await rename(join(releases, RELEASE), join(releases, "elsewhere"));
      await symlink("elsewhere", join(releases, RELEASE));
    },
    "not as declared",
  ],
  [
    "is a link that leads nowhere",
    async () => {
      await rm(join(releases, RELEASE), { recursive: true });
      await symlink("nowhere", join(releases, RELEASE));
    },
    "not as declared",
  ],
])("a release that %s is reported", async (_what, spoil, found) => {
  await spoil();
  expect(look()).toMatchObject({ status: 0, stdout: `${found}\n`, stderr: "" });
});
