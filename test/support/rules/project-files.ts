/** The project's files, for the tests that hold rules over all of them. */
import { execFileSync } from "node:child_process";
import { PROJECT } from "../../../tools/cli/paths.ts";

/** The tracked files that exist, relative to the project's top. `isWithNew` adds the files that a next commit could add. */
export function projectFiles(isWanted: (file: string) => boolean, isWithNew = false): string[] {
  const list = (...options: string[]) =>
    execFileSync("git", ["ls-files", "-z", ...options], { cwd: PROJECT, encoding: "utf8" }).split("\0");
  const deleted = new Set(list("--deleted"));
  const files = isWithNew ? list("--cached", "--others", "--exclude-standard") : list();
  return files.filter((file) => file !== "" && !deleted.has(file) && isWanted(file));
}
