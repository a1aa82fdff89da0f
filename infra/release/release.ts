import { join } from "node:path";
import type { HubConfig } from "../../hub/config/config.ts";
import { environmentFile } from "../../hub/config/environment.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { ACCEPTED_SIGNING_FILE, acceptedSigning } from "../../hub/signing/accepted-signing.ts";
import { canonicalJson, sha256 } from "../../hub/values/canonical-json.ts";
import { pruneBuilds, writeBuild } from "./build-folder.ts";
import { bundleHandler } from "./bundle.ts";
import { carryDatabaseCa } from "./database-ca.ts";
import { ecosystemFile } from "./ecosystem.ts";

const PROJECT = join(import.meta.dirname, "../..");
const BUILDS = join(PROJECT, ".hub", "build");

/** A built release. */
export interface Release {
  /** `sha256:` and 64 hex digits: the SHA-256 of the release's `SHA256SUMS`, which names every other file. */
  readonly digest: string;
  readonly folder: string;
}

/** The parts of the config that a release holds in addition to the manifest. */
export interface ReleaseConfig {
  readonly environment: HubConfig["environment"];
  readonly handler: Pick<HubConfig["handler"], "process" | "instances" | "memory">;
}

/**
 * Builds a release: the handler with the manifest, its source map, PM2's file, the handler's environment, with secrets as references, and the
 * certificates for the database if the environment names a file of the project. With `hub:signing`, a file says which signatures it accepts. The same sources and config give the same bytes on any machine, and so
 * the same digest.
 *
 * @throws UserError if the file of certificates cannot be read or holds anything else
 * @throws Error of esbuild if the handler does not bundle
 */
export async function buildRelease(manifest: Manifest, { environment, handler }: ReleaseConfig): Promise<Release> {
  const carried = await carryDatabaseCa(environment, PROJECT);
  const files: Readonly<Record<string, string>> = {
    ...carried.files,
    "ecosystem.config.cjs": ecosystemFile(handler),
    environment: environmentFile(carried.environment),
    ...(manifest.secrets.signingKeys && { [ACCEPTED_SIGNING_FILE]: canonicalJson(acceptedSigning(manifest)) }),
    ...(await bundleHandler(manifest)),
  };
  const sums = Object.entries(files)
    .map(([name, content]) => `${sha256(content)}  ${name}\n`)
    .join("");
  const digest = sha256(sums);
  const folder = join(BUILDS, digest);
  await writeBuild(folder, { ...files, SHA256SUMS: sums });
  await pruneBuilds(BUILDS);
  return { digest: `sha256:${digest}`, folder };
}
