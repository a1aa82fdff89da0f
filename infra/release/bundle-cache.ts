/**
 * Bundles of the handler from earlier runs. A preview, the `up` after it and the next drift check bundle the same sources: they take the bundle
 * from here if not one byte of an input changed.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import { canonicalJson, sha256 } from "../../hub/values/canonical-json.ts";

/** The number of bundles that are kept. */
const KEPT_BUNDLES = 10;

/** How far a file system's clock may lag behind, in ms. */
const CLOCK_MS = 50;

/** A bundle's files by name, and every file that it was made from, relative to the project's top. */
export interface MadeBundle<Files> {
  readonly files: Files;
  readonly inputs: readonly string[];
}

/** A place for bundles. */
export interface BundleCache {
  /** The project's top. */
  readonly project: string;
  /** The folder of the bundles. It is created if it is missing. */
  readonly folder: string;
}

/**
 * Gives the bundle that an earlier run made with the same settings from the same inputs, or makes it. An unreadable or damaged entry counts as
 * missing. Every package's resolution is fixed by the installed lock file, which is an input of each bundle.
 *
 * @param settings everything that decides the bundle apart from its inputs, as JSON
 * @param schema the bundle's files
 * @throws the error of `make`; an error of the file system if the bundle cannot be stored
 */
export async function cachedBundle<Files>(
  { project, folder }: BundleCache,
  settings: unknown,
  schema: z.ZodType<Files>,
  make: () => Promise<MadeBundle<Files>>,
): Promise<Files> {
  const file = join(folder, `${sha256(canonicalJson(settings))}.json`);
  const stored = z.object({ inputs: Inputs, files: schema }).safeParse(await readEntry(file)).data;
  if (stored !== undefined && (await areSame(project, stored.inputs))) {
    const now = new Date();
    // Another run may have removed it meanwhile; the bundle is in memory.
    await utimes(file, now, now).catch(() => undefined);
    return stored.files;
  }
  const startedAt = Date.now();
  const { files, inputs } = await make();
  const read = await Promise.all(inputs.map((input) => readInput(project, input)));
  // An input that changed while the bundle was made may not be the one in it.
  if (read.some(({ changedAt }) => changedAt >= startedAt - CLOCK_MS)) return files;
  await store(file, { inputs: Object.fromEntries(inputs.map((input, at) => [input, read[at]?.digest])), files });
  await prune(folder);
  return files;
}

/** Writes an entry, which appears whole. */
async function store(file: string, entry: unknown): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const text = JSON.stringify(entry);
  const unfinished = `${file}.${randomUUID()}`;
  await writeFile(unfinished, `${sha256(text)}\n${text}`);
  await rename(unfinished, file);
}

/** The digest of each input. */
const Inputs = z.record(z.string(), z.string());

/** An entry: its first line is the digest of the rest, which is JSON. */
async function readEntry(file: string): Promise<unknown> {
  const content = await readFile(file, "utf8").catch(() => "");
  const [digest = ""] = content.split("\n", 1);
  const text = content.slice(digest.length + 1);
  return text !== "" && sha256(text) === digest ? JSON.parse(text) : undefined;
}

async function areSame(project: string, inputs: z.infer<typeof Inputs>): Promise<boolean> {
  const checks = Object.entries(inputs).map(async ([input, digest]) => {
    const found = await readInput(project, input);
    return found.digest === digest;
  });
  return (await Promise.all(checks)).every((isSame) => isSame);
}

/** The digest of an input, and when its file changed in any way, in ms since 1970. An input that cannot be read has an empty digest. */
async function readInput(project: string, input: string): Promise<{ digest: string; changedAt: number }> {
  const path = join(project, input);
  try {
    const [content, { ctimeMs }] = await Promise.all([readFile(path), stat(path)]);
    return { digest: sha256(content), changedAt: ctimeMs };
  } catch {
    return { digest: "", changedAt: 0 };
  }
}

/** Removes all but the newest bundles, and what an interrupted run left. Another run may do the same. */
async function prune(folder: string): Promise<void> {
  const files = await Promise.all(
    (await readdir(folder)).map(async (name) => {
      const found = await stat(join(folder, name)).catch(() => undefined);
      return { file: join(folder, name), at: found?.mtimeMs ?? 0 };
    }),
  );
  const old = files.sort((a, b) => b.at - a.at).slice(KEPT_BUNDLES);
  await Promise.all(old.map(({ file }) => rm(file, { force: true })));
}
