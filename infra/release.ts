import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { canonicalJson } from "../hub/digest.ts";
import type { Manifest } from "../hub/manifest.ts";

const PROJECT = join(import.meta.dirname, "..");
const BUILD_FOLDER = join(PROJECT, ".hub", "build");

/** A release that was built, and where. */
export interface Release {
  /** `sha256:` and 64 hex digits: the SHA-256 of the release's `SHA256SUMS`, which names every other file. */
  readonly digest: string;
  readonly folder: string;
}

/**
 * Bundles the handler with the manifest inside. The same sources and config give the same bytes on any machine, and so the same digest.
 *
 * @throws Error of esbuild where the handler does not bundle
 */
export async function buildRelease(manifest: Manifest): Promise<Release> {
  const files = { "handler.mjs": await bundle(manifest) };
  const sums = Object.entries(files)
    .map(([name, content]) => `${sha256(content)}  ${name}\n`)
    .join("");
  const digest = sha256(sums);
  const folder = join(BUILD_FOLDER, digest);
  await writeFolder(folder, { ...files, SHA256SUMS: sums });
  return { digest: `sha256:${digest}`, folder };
}

async function bundle(manifest: Manifest): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: PROJECT,
    entryPoints: ["handlers/main.ts"],
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // Minified, so that no path of the machine that bundles stands in a comment.
    minify: true,
    legalComments: "none",
    define: { HUB_MANIFEST: canonicalJson(manifest) },
    // Twilio's library is CommonJS and requires Node's own modules.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    write: false,
    logLevel: "silent",
  });
  const text = outputFiles[0]?.text;
  if (text === undefined) throw new Error("esbuild gave no file for handlers/main.ts");
  return text;
}

/**
 * A folder that is addressed by its content is written once, and appears whole. Another run may write the same at this moment; one that is
 * damaged is replaced.
 */
async function writeFolder(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  const unfinished = `${folder}.${randomUUID()}.unfinished`;
  await mkdir(unfinished, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(unfinished, name), content);
  try {
    if (!(await holds(folder, files))) await rm(folder, { recursive: true, force: true });
    await rename(unfinished, folder);
  } catch (error) {
    if (!(await holds(folder, files))) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function holds(folder: string, files: Readonly<Record<string, string>>): Promise<boolean> {
  const found = await Promise.all(
    Object.keys(files).map((name) => readFile(join(folder, name), "utf8").catch(() => undefined)),
  );
  return Object.values(files).every((content, index) => content === found[index]);
}

function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}
