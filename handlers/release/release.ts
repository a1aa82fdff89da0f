/** The release of this bundle: its folder, and the environment in it. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parseEnvironmentFile } from "../../hub/config/environment.ts";

type Variables = Readonly<Record<string, string | undefined>>;

const DIGEST = /^[0-9a-f]{64}$/;

/**
 * The release's digest, 64 hex digits. It is the name of the bundle's folder, since a variable may be left over from another release. Outside a
 * release's folder it is the value of `HUB_RELEASE`, or `unreleased` without one.
 */
export function releaseName(folder = import.meta.dirname, { HUB_RELEASE = "" }: Variables = process.env): string {
  const name = basename(folder);
  if (DIGEST.test(name)) return name;
  return DIGEST.test(HUB_RELEASE) ? HUB_RELEASE : "unreleased";
}

/**
 * The environment, plus the release's values for variables that are not set.
 *
 * @throws Error if the release's environment file exists and cannot be read
 */
export function withReleaseEnvironment(variables: Variables, folder = import.meta.dirname): Variables {
  try {
    return { ...parseEnvironmentFile(readFileSync(join(folder, "environment"), "utf8")), ...variables };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return variables;
    throw error;
  }
}
