/** The folder of builds: each is named by its digest, and is whole or absent. */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The number of builds that are kept. */
export const KEPT_BUILDS = 5;

/** How long a build is safe from pruning, in ms: another run may still be staging it. */
const IN_HANDS_MS = 60 * 60 * 1_000;

/** The name of a build, or of the remains of an interrupted one. */
const BUILD = /^[0-9a-f]{64}(\.[0-9a-f-]+\.unfinished)?$/;

type Files = Readonly<Record<string, string>>;

/**
 * Writes a folder that is named by its content, unless it is there: it appears whole. Another run may write the same folder at the same time. A
 * damaged folder is replaced. In every case the folder counts as new afterwards.
 */
export async function writeBuild(folder: string, files: Files): Promise<void> {
  if (!(await holds(folder, files))) await replaceFolder(folder, files);
  const now = new Date();
  await utimes(folder, now, now);
}

/** Removes all but the {@link KEPT_BUILDS} newest builds, but no build younger than an hour. */
export async function pruneBuilds(builds: string, now = Date.now()): Promise<void> {
  const names = (await readdir(builds)).filter((name) => BUILD.test(name));
  const found = await Promise.all(names.map(async (name) => ({ folder: join(builds, name), age: await ageOf(name) })));
  const old = found.sort((a, b) => a.age - b.age).slice(KEPT_BUILDS);
  await Promise.all(
    old.filter(({ age }) => age > IN_HANDS_MS).map(({ folder }) => rm(folder, { recursive: true, force: true })),
  );

  /** It may already be gone, removed by another run. Age 0 then keeps it out of the pruning. */
  async function ageOf(name: string): Promise<number> {
    const found = await stat(join(builds, name)).catch(() => undefined);
    return found === undefined ? 0 : now - found.mtimeMs;
  }
}

async function replaceFolder(folder: string, files: Files): Promise<void> {
  const unfinished = `${folder}.${randomUUID()}.unfinished`;
  await mkdir(unfinished, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(unfinished, name), content);
  try {
    await putInPlace(unfinished, folder, files);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * A rename never replaces a folder that has files. So a whole build that another run has just written stays, and only a damaged one is removed.
 */
async function putInPlace(unfinished: string, folder: string, files: Files): Promise<void> {
  try {
    await rename(unfinished, folder);
  } catch {
    if (await holds(folder, files)) return;
    await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  }
}

/** Whether the folder has exactly these files. */
async function holds(folder: string, files: Files): Promise<boolean> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    Object.keys(files).map((name) => readFile(join(folder, name), "utf8").catch(() => undefined)),
  );
  return (
    names.length === Object.keys(files).length &&
    Object.values(files).every((content, index) => content === found[index])
  );
}
