import { join } from "node:path";
import { build } from "esbuild";
import type { Manifest } from "../../hub/manifest.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";

const PROJECT = join(import.meta.dirname, "../..");

/** The handler's two files. */
export interface Bundle {
  readonly "handler.mjs": string;
  /** The source map without the sources: `node --enable-source-maps` needs no more for its stack traces. */
  readonly "handler.mjs.map": string;
}

/**
 * Bundles the handler together with the manifest. The same sources give the same bytes in any folder.
 *
 * @throws Error of esbuild if the handler does not bundle
 */
export async function bundleHandler(manifest: Manifest): Promise<Bundle> {
  const { outputFiles } = await build({
    absWorkingDir: PROJECT,
    entryPoints: ["handlers/main.ts"],
    // Nothing is written; the map's paths are relative to this.
    outfile: "handler.mjs",
    write: false,
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
    define: { HUB_MANIFEST: canonicalJson(manifest) },
    // Twilio's library is CommonJS and requires Node's own modules.
    banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
    logLevel: "silent",
  });
  const textOf = (name: string) => {
    const text = outputFiles.find(({ path }) => path === join(PROJECT, name))?.text;
    if (text === undefined) throw new Error(`esbuild gave no ${name}`);
    return text;
  };
  return { "handler.mjs": textOf("handler.mjs"), "handler.mjs.map": textOf("handler.mjs.map") };
}
