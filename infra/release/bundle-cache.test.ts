import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { cachedBundle } from "./bundle-cache.ts";

let project: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "bundle-cache-"));
  await writeFile(join(project, "a.ts"), "a");
  await writeFile(join(project, "b.ts"), "b");
  await delay(100);
});
afterEach(() => rm(project, { recursive: true }));

const folder = () => join(project, "bundles");

/** A bundle of both files, which counts how often it is made. */
function bundler(settings: unknown = {}, meanwhile: () => Promise<void> = async () => {}) {
  const made: string[] = [];
  const bundle = () =>
    cachedBundle({ project, folder: folder() }, settings, z.string(), async () => {
      const texts = await Promise.all(["a.ts", "b.ts"].map((name) => readFile(join(project, name), "utf8")));
      made.push(texts.join("+"));
      await meanwhile();
      return { files: texts.join("+"), inputs: ["a.ts", "b.ts"] };
    });
  return { made, bundle };
}

test("a bundle is made once as long as its inputs stay the same", async () => {
  const { made, bundle } = bundler();
  expect([await bundle(), await bundle()]).toEqual(["a+b", "a+b"]);
  await writeFile(join(project, "a.ts"), "a");
  await delay(100);
  expect(await bundle()).toBe("a+b");
  expect(made).toEqual(["a+b"]);
});

test("a changed input, and one that is gone, makes a new bundle", async () => {
  const { made, bundle } = bundler();
  await bundle();
  await writeFile(join(project, "b.ts"), "c");
  await delay(100);
  expect(await bundle()).toBe("a+c");
  await writeFile(join(project, "b.ts"), "b");
  expect(await bundle()).toBe("a+b");
  expect(made).toHaveLength(3);
  await rm(join(project, "b.ts"));
  await expect(bundle()).rejects.toThrow("b.ts");
});

test("a bundle is not kept if an input changed while it was made", async () => {
  const changed = bundler({}, () => writeFile(join(project, "a.ts"), "new"));
  expect(await changed.bundle()).toBe("a+b");
  expect(await bundler().bundle()).toBe("new+b");
});

test("other settings make another bundle", async () => {
  await bundler({ manifest: 1 }).bundle();
  const other = bundler({ manifest: 2 });
  await other.bundle();
  expect(other.made).toHaveLength(1);
  expect(await readdir(folder())).toHaveLength(2);
});

test.each([
  ["cut off", (text: string) => text.slice(0, -5)],
  ["changed", (text: string) => text.replace("a+b", "a+x")],
  ["empty", () => ""],
  ["of another form", () => "{}"],
])("an entry that is %s counts as missing", async (_what, damage) => {
  const { made, bundle } = bundler();
  await bundle();
  const [name = ""] = await readdir(folder());
  const file = join(folder(), name);
  await writeFile(file, damage(await readFile(file, "utf8")));
  expect(await bundle()).toBe("a+b");
  expect(made).toHaveLength(2);
});

test("the newest ten stay, and the remains of interrupted runs go with the old ones", async () => {
  await mkdir(folder());
  for (let index = 0; index < 12; index += 1) await bundler({ index }).bundle();
  expect(await readdir(folder())).toHaveLength(10);
  const last = bundler({ index: 11 });
  await last.bundle();
  expect(last.made).toEqual([]);
});

test("two runs at once get the same bundle", async () => {
  const { bundle } = bundler();
  expect(await Promise.all([bundle(), bundle(), bundle()])).toEqual(["a+b", "a+b", "a+b"]);
  expect(await readdir(folder())).toHaveLength(1);
});
