/** The programs of a loopback stack's machine: Node and PM2, installed outside any project, as on a real machine. */
import { constants } from "node:fs";
import { chmod, copyFile, cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { exists } from "../cli/files.ts";
import { cacheFolder, PROJECT } from "../cli/paths.ts";
import { progress } from "../cli/progress.ts";
import { withLock } from "../engine/lock.ts";

const MODULES = join(PROJECT, "node_modules");
const Package = z.object({
  version: z.string(),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
});

/**
 * Copies `node` and `pm2` from the project's packages into the user's cache, once for each pair of versions. They must not run from `node_modules`,
 * because the next `npm ci` deletes it under a running process.
 *
 * @returns the folder, for PATH
 */
export async function machinePrograms(environment: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { version: pm2 } = await readPackage(join(MODULES, "pm2"));
  const folder = join(cacheFolder(environment), `machine-node-${process.versions.node}-pm2-${pm2}`);
  if (!(await exists(folder))) {
    await mkdir(dirname(folder), { recursive: true });
    await withLock(
      `${folder}.lock`,
      () => undefined,
      () => progress.run("copying Node and PM2 for the loopback machine", () => copyPrograms(folder)),
    );
  }
  return join(folder, "bin");
}

async function copyPrograms(folder: string): Promise<void> {
  if (await exists(folder)) return;
  const unfinished = `${folder}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  const bin = join(unfinished, "bin");
  await mkdir(bin, { recursive: true });
  await copyFile(process.execPath, join(bin, "node"), constants.COPYFILE_FICLONE);
  await chmod(join(bin, "node"), 0o755);
  for (const source of await packagesOf("pm2")) {
    const isNested = (path: string) => !relative(source, path).split("/").includes("node_modules");
    await cp(source, join(unfinished, relative(PROJECT, source)), { recursive: true, filter: isNested });
  }
  await symlink(join("..", "node_modules", "pm2", "bin", "pm2"), join(bin, "pm2"));
  await rename(unfinished, folder);
}

/** The installed folders of a package and of everything that it depends on. */
async function packagesOf(name: string): Promise<readonly string[]> {
  const found = new Set<string>();
  const visit = async (dependency: string, from: string): Promise<void> => {
    const folder = await installedFolder(dependency, from);
    // An optional dependency may not be for this machine.
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    const { dependencies, optionalDependencies } = await readPackage(folder);
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) await visit(next, folder);
  };
  await visit(name, PROJECT);
  return [...found];
}

/** The folder in which Node finds a package for a module in `from`; undefined if it is not installed. */
async function installedFolder(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; folder.startsWith(PROJECT); folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (await exists(join(candidate, "package.json"))) return candidate;
  }
  return undefined;
}

async function readPackage(folder: string): Promise<z.infer<typeof Package>> {
  return Package.parse(JSON.parse(await readFile(join(folder, "package.json"), "utf8")));
}
