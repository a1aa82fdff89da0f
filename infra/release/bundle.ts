import { join } from "node:path";
import { type BuildOptions, build, version } from "esbuild";
import { z } from "zod";
import type { Manifest } from "../../hub/manifest.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import { cachedBundle } from "./bundle-cache.ts";

const PROJECT = join(import.meta.dirname, "../..");

/** The handler's two files. The source map is without the sources: `node --enable-source-maps` needs no more for its stack traces. */
const Bundle = z.object({ "handler.mjs": z.string(), "handler.mjs.map": z.string() });
export type Bundle = Readonly<z.infer<typeof Bundle>>;

/** The project's bundles from earlier runs. */
export const BUNDLES = { project: PROJECT, folder: join(PROJECT, ".hub", "bundles") };

/** The files that decide how imports resolve, whatever the sources are. They are inputs of every bundle. */
export const RESOLUTION = ["package.json", "tsconfig.json", "node_modules/.package-lock.json"];

const SETTINGS = {
  entryPoints: ["handlers/main.ts"],
  // Nothing is written; the map's paths are relative to this.
  outfile: "handler.mjs",
  write: false,
  metafile: true,
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  // Minified, so that no comment holds a path of the machine that bundles.
  minify: true,
  legalComments: "none",
  sourcemap: "linked",
  sourcesContent: false,
  // Packages behind a link keep their name in the project, wherever the link leads.
  preserveSymlinks: true,
  // Twilio's library is CommonJS and requires Node's own modules.
  banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  logLevel: "silent",
} as const satisfies BuildOptions;

/**
 * Bundles the handler together with the manifest. The same sources give the same bytes in any folder. A bundle of an earlier run is taken if all
 * of its inputs are the same.
 *
 * @throws Error of esbuild if the handler does not bundle
 */
export function bundleHandler(manifest: Manifest): Promise<Bundle> {
  const define = { HUB_MANIFEST: canonicalJson(manifest) };
  return cachedBundle(BUNDLES, { version, define, SETTINGS }, Bundle, async () => {
    const { outputFiles, metafile } = await build({
      ...SETTINGS,
      entryPoints: [...SETTINGS.entryPoints],
      absWorkingDir: PROJECT,
      define,
    });
    const textOf = (name: string) => {
      const text = outputFiles.find(({ path }) => path === join(PROJECT, name))?.text;
      if (text === undefined) throw new Error(`esbuild gave no ${name}`);
      return text;
    };
    const sources = Object.keys(metafile.inputs).filter((input) => !input.startsWith("<define:"));
    return {
      files: { "handler.mjs": textOf("handler.mjs"), "handler.mjs.map": textOf("handler.mjs.map") },
      inputs: [...sources, ...RESOLUTION],
    };
  });
}
