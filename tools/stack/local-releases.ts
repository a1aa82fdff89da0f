/** The releases on this machine, if the handler runs on it. */

import { readdir, readFile, readlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Authorisation } from "../../hub/config/authorisation.ts";
import { sha256 } from "../../hub/values/canonical-json.ts";
import { PROJECT } from "../cli/paths.ts";
import { UserError } from "../cli/run-tool.ts";

const DIGEST = /^[0-9a-f]{64}$/;

/** The folder of all releases. A relative path starts at the project's top. */
export function releasesFolder(releases: string): string {
  return resolve(PROJECT, releases);
}

/**
 * Finds the release whose digest begins with some hex digits.
 *
 * @returns its 64 hex digits
 * @throws UserError if no release or more than one begins with them, or if the release is damaged
 */
export async function findRelease(folder: string, prefix: string): Promise<string> {
  const names = await readdir(folder).catch((cause: NodeJS.ErrnoException) => {
    throw new UserError(
      `hub:handler.releases: ${folder} cannot be read (${cause.code}); run this on the machine that runs the handler`,
      { cause },
    );
  });
  const releases = names.filter((name) => DIGEST.test(name)).sort();
  const [found, ...others] = releases.filter((name) => name.startsWith(prefix));
  if (found === undefined)
    throw new UserError(`--to ${prefix}: no such release in ${folder}; ${releasesThere(releases)}`);
  if (others.length > 0) {
    throw new UserError(
      `--to ${prefix}: several releases begin with these digits (${shortened([found, ...others])}); give more digits`,
    );
  }
  if (!(await isWhole(join(folder, found), found))) {
    throw new UserError(
      `--to ${prefix}: ${join(folder, found)} is damaged; remove it and stage it again with npm run up`,
    );
  }
  return found;
}

/** The 64 hex digits of the running release, or undefined if none is running. */
export async function currentRelease(folder: string): Promise<string | undefined> {
  return readlink(join(folder, "current")).catch(() => undefined);
}

/**
 * The reason why an authorisation would have no effect on this machine, or undefined. An authorisation is good for one attempt. The restart notes
 * the attempt under a key made of the authorisation's release, name and time.
 */
export async function spentProblem(folder: string, { release, by, on }: Authorisation): Promise<string | undefined> {
  const key = sha256(`${release} ${by} ${on}`);
  const state = await readFile(join(folder, ".authorisations", key), "utf8").catch(() => "");
  const advice = `for another attempt, give a time: --on ${momentOf(new Date())}`;
  if (state.trim() === "failed") return `the attempt with this authorisation failed; ${advice}`;
  const current = await currentRelease(folder);
  if (state.trim() !== "done" || release === `sha256:${current}`) return undefined;
  return `it was carried out, but ${current ?? "no release"} is running now; ${advice}`;
}

/** The time in UTC, to the second, in the format of an authorisation. */
export function momentOf(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Whether a folder holds the release with this digest: its listed files, unchanged, and nothing else, as the restart demands. */
async function isWhole(folder: string, digest: string): Promise<boolean> {
  try {
    const sums = await readFile(join(folder, "SHA256SUMS"));
    if (sha256(sums) !== digest) return false;
    const lines = sums.toString().trimEnd().split("\n");
    const checks = lines.map(async (line) => {
      const [sum = "", name = ""] = line.split("  ");
      return sha256(await readFile(join(folder, name))) === sum;
    });
    const listed = new Set([...lines.map((line) => line.split("  ")[1]), "SHA256SUMS"]);
    const entries = await readdir(folder, { withFileTypes: true });
    const isListed = entries.every((entry) => entry.isFile() && listed.has(entry.name));
    return isListed && (await Promise.all(checks)).every((isSame) => isSame);
  } catch {
    return false;
  }
}

function releasesThere(digests: readonly string[]): string {
  return digests.length === 0 ? "it has none; npm run up stages one" : `it has ${shortened(digests)}`;
}

function shortened(digests: readonly string[]): string {
  return digests.map((digest) => digest.slice(0, 12)).join(", ");
}
