import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import packageJson from "../../package.json" with { type: "json" };
import { PROJECT } from "../cli/paths.ts";
import { progress } from "../cli/progress.ts";

/**
 * Compiles the policy pack into a folder that the engine takes, and gives the folder's path from the project's top. Precompiled: the engine
 * would load TypeScript through ts-node, which takes seconds and no ES modules.
 */
export function buildPolicyPack(): Promise<string> {
  return progress.run("compiling the policy pack", compilePack);
}

async function compilePack(): Promise<string> {
  const folder = join("policies", "dist");
  const target = join(PROJECT, folder);
  await mkdir(target, { recursive: true });
  const { outputFiles } = await build({
    absWorkingDir: PROJECT,
    entryPoints: ["policies/pack.ts"],
    bundle: true,
    // The runner brings its own copy of these two, and both sides must be the same one.
    external: ["@pulumi/pulumi", "@pulumi/policy"],
    platform: "node",
    format: "cjs",
    target: "node24",
    write: false,
    outfile: "pack.js",
    logLevel: "silent",
  });
  const pack = { name: "twilio-hub-policies", version: packageJson.version, type: "commonjs", main: "pack.js" };
  await replaceFile(join(target, "package.json"), `${JSON.stringify(pack, null, 2)}\n`);
  await replaceFile(
    join(target, "PulumiPolicy.yaml"),
    "runtime:\n  name: nodejs\n  options:\n    typescript: false\nmain: pack.js\n",
  );
  await replaceFile(join(target, "pack.js"), outputFiles[0]?.text ?? "");
  return folder;
}

if (import.meta.main) process.stdout.write(`${await buildPolicyPack()}\n`);

/** Another run may read the file at this moment, so it is replaced whole. */
async function replaceFile(file: string, content: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.unfinished`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}
