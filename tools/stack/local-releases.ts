/** The releases on this machine, where the handler runs on it. */

import { readdir, readFile, readlink } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Authorisation } from "../../hub/config/authorisation.ts";
import { sha256 } from "../../hub/values/canonical-json.ts";
import { PROJECT } from "../cli/paths.ts";
import { UserError } from "../cli/run-tool.ts";

const DIGEST = /^[0-9a-f]{64}$/;

/** The folder of all releases; a relative one counts from the project's top. */
export function releasesFolder(releases: string): string {
  return resolve(PROJECT, releases);
}

/**
 * The release whose digest begins so.
 *
 * @param prefix hex digits
 * @returns 64 hex digits
 * @throws UserError where there is none, where there are several, or where it is damaged
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
  if (found === undefined) throw new UserError(`--to ${prefix}: not in ${folder}; ${listed("there", releases)}`);
  if (others.length > 0) {
    throw new UserError(
      `--to ${prefix}: more than one begins so; ${listed("give more digits of", [found, ...others])}`,
    );
  }
  if (!(await isWhole(join(folder, found), found))) {
    throw new UserError(`--to ${prefix}: ${join(folder, found)} is damaged; remove it, and have it staged again`);
  }
  return found;
}

/** The release that runs, 64 hex digits, or undefined where none does. */
export async function currentRelease(folder: string): Promise<string | undefined> {
  return readlink(join(folder, "current")).catch(() => undefined);
}

/**
 * Why an authorisation would do nothing on this machine, or undefined where it would. One is one attempt, and is known by its release, its
 * name and its time, as the restart notes it.
 */
export async function spentProblem(folder: string, { release, by, on }: Authorisation): Promise<string | undefined> {
  const key = sha256(`${release} ${by} ${on}`);
  const state = await readFile(join(folder, ".authorisations", key), "utf8").catch(() => "");
  const mend = `for a new attempt say the moment: --on ${momentOf(new Date())}`;
  if (state.trim() === "failed") return `the attempt with it failed; ${mend}`;
  const current = await currentRelease(folder);
  if (state.trim() !== "done" || release === `sha256:${current}`) return undefined;
  return `it was carried out, and ${current ?? "nothing"} runs since; ${mend}`;
}

/** A time to the second, in UTC, as an authorisation takes it. */
export function momentOf(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}

/** Whether a folder holds the release of that digest, file by file. */
async function isWhole(folder: string, digest: string): Promise<boolean> {
  try {
    const sums = await readFile(join(folder, "SHA256SUMS"));
    if (sha256(sums) !== digest) return false;
    const lines = sums.toString().trimEnd().split("\n");
    const checks = lines.map(async (line) => {
      const [sum = "", name = ""] = line.split("  ");
      return sha256(await readFile(join(folder, name))) === sum;
    });
    return (await Promise.all(checks)).every((isSame) => isSame);
  } catch {
    return false;
  }
}

function listed(what: string, digests: readonly string[]): string {
  if (digests.length === 0) return "no release is there; npm run up stages one";
  return `${what}: ${digests.map((digest) => digest.slice(0, 12)).join(", ")}`;
}
