/** `npm run build:policies`: compiles the policy pack. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BuildOptions, build, version } from "esbuild";
import { z } from "zod";
import { BUNDLES, RESOLUTION } from "../../infra/release/bundle.ts";
import { cachedBundle } from "../../infra/release/bundle-cache.ts";
import packageJson from "../../package.json" with { type: "json" };
import { PROJECT } from "../cli/paths.ts";
import { progress } from "../cli/progress.ts";
import { readOptions } from "../cli/read-options.ts";
import { runTool } from "../cli/run-tool.ts";

const USAGE = `usage: npm run build:policies

Compiles the policy pack and prints its folder, policies/dist. npm run preview, up and drift do this
themselves; it is needed only before you run the Pulumi CLI yourself.

  --help   print this help

example:
  npm run build:policies
  pulumi preview --stack prod --policy-pack policies/dist`;

/**
 * Compiles the policy pack. The engine would load TypeScript through ts-node, which is slow and takes no ES modules.
 *
 * @returns the pack's folder, relative to the project's top
 */
export function buildPolicyPack(): Promise<string> {
  return progress.run("compiling the policy pack", compilePack);
}

const SETTINGS = {
  entryPoints: ["policies/pack.ts"],
  bundle: true,
  // The engine's policy runner has these two loaded. The pack must use the same copies.
  external: ["@pulumi/pulumi", "@pulumi/policy"],
  platform: "node",
  format: "cjs",
  target: "node24",
  write: false,
  metafile: true,
  outfile: "pack.js",
  logLevel: "silent",
} as const satisfies BuildOptions;

async function compilePack(): Promise<string> {
  const folder = join("policies", "dist");
  const target = join(PROJECT, folder);
  await mkdir(target, { recursive: true });
  const pack = { name: "twilio-hub-policies", version: packageJson.version, type: "commonjs", main: "pack.js" };
  await replaceFile(join(target, "package.json"), `${JSON.stringify(pack, null, 2)}\n`);
  await replaceFile(
    join(target, "PulumiPolicy.yaml"),
    "runtime:\n  name: nodejs\n  options:\n    typescript: false\nmain: pack.js\n",
  );
  await replaceFile(join(target, "pack.js"), await packBundle());
  return folder;
}

/** The compiled pack, from an earlier run if no source has changed. */
function packBundle(): Promise<string> {
  return cachedBundle(BUNDLES, { version, SETTINGS }, z.string(), async () => {
    const { outputFiles, metafile } = await build({
      ...SETTINGS,
      absWorkingDir: PROJECT,
      entryPoints: [...SETTINGS.entryPoints],
      external: [...SETTINGS.external],
    });
    const [output] = outputFiles;
    if (output === undefined) throw new Error("esbuild gave no policy pack");
    return { files: output.text, inputs: [...Object.keys(metafile.inputs), ...RESOLUTION] };
  });
}

if (import.meta.main) {
  await runTool(async () => {
    const { help } = readOptions({ help: { type: "boolean", short: "h", default: false } }, "npm run build:policies");
    process.stdout.write(`${help ? USAGE : await buildPolicyPack()}\n`);
    return 0;
  });
}

/** Replaces a file in one step, because another run may be reading it. */
async function replaceFile(file: string, content: string): Promise<void> {
  const unfinished = `${file}.${process.pid}.unfinished`;
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}
