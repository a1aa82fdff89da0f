import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KEPT_BUILDS, pruneBuilds, writeBuild } from "./build-folder.ts";

const FILES = { "handler.mjs": "1", SHA256SUMS: "2" };
const HOUR_S = 3_600;
const NOW = Date.now();

let builds = "";
beforeEach(async () => {
  builds = await mkdtemp(join(tmpdir(), "builds-"));
});
afterEach(() => rm(builds, { recursive: true }));

const name = (index: number) => String(index).repeat(64);

/** Writes a build's folder with the given age in hours. */
async function build(folder: string, hours: number): Promise<void> {
  await mkdir(join(builds, folder));
  const then = NOW / 1_000 - hours * HOUR_S;
  await utimes(join(builds, folder), then, then);
}

test("the newest builds stay, and leftovers of old ones go with them", async () => {
  for (const index of [1, 2, 3, 4, 5, 6, 7]) await build(name(index), index + 1);
  await build(`${name(8)}.0a-1b.unfinished`, 9);
  await build("something-else", 99);
  await pruneBuilds(builds, NOW);
  expect((await readdir(builds)).toSorted()).toEqual([...[1, 2, 3, 4, 5].map(name), "something-else"]);
  expect(KEPT_BUILDS).toBe(5);
});

test("young builds stay, however many: another run may be using one", async () => {
  for (const index of [1, 2, 3, 4, 5, 6, 7]) await build(name(index), 0.5);
  await pruneBuilds(builds, NOW);
  expect(await readdir(builds)).toHaveLength(7);
});

test("a build that is written again counts as new", async () => {
  await writeBuild(join(builds, name(0)), FILES);
  await utimes(join(builds, name(0)), 0, 0);
  for (const index of [1, 2, 3, 4, 5]) await build(name(index), index + 1);
  await writeBuild(join(builds, name(0)), FILES);
  await pruneBuilds(builds, NOW);
  expect((await readdir(builds)).toSorted()).toEqual([0, 1, 2, 3, 4].map(name));
});

test.each([
  ["a file that differs", () => writeFile(join(builds, name(0), "handler.mjs"), "damaged")],
  ["a file too few", () => rm(join(builds, name(0), "SHA256SUMS"))],
  ["a file too many", () => writeFile(join(builds, name(0), "more"), "")],
])("%s is replaced", async (_what, damage) => {
  await writeBuild(join(builds, name(0)), FILES);
  await damage();
  await writeBuild(join(builds, name(0)), FILES);
  expect((await readdir(join(builds, name(0)))).toSorted()).toEqual(["SHA256SUMS", "handler.mjs"]);
  expect(await readFile(join(builds, name(0), "handler.mjs"), "utf8")).toBe("1");
  expect(await readdir(builds)).toEqual([name(0)]);
});

test("many writers at once leave one whole build", async () => {
  await Promise.all(Array.from({ length: 8 }, () => writeBuild(join(builds, name(0)), FILES)));
  expect(await readdir(builds)).toEqual([name(0)]);
  expect(await readdir(join(builds, name(0)))).toHaveLength(2);
});
