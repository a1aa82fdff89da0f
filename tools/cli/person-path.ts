/** The PATH of the person who runs a command, for the scripts that run on the handler's machine. */
import { delimiter, join, sep } from "node:path";
import { PERSON_PATH } from "../../hub/scripts/on-machine.ts";
import { PROJECT } from "./paths.ts";

const PACKAGES = join(PROJECT, "node_modules", sep);

/** The ends of the folders that `npm run` adds at the front of PATH: the programs of packages, and npm's own node-gyp. */
const ADDED_BY_NPM = [`${sep}node_modules${sep}.bin`, `${sep}node-gyp-bin`];

/**
 * The variable that passes the person's PATH to the scripts. It leaves out the folders that `npm run` adds, and the project's packages, because the
 * next `npm ci` deletes those.
 *
 * @param environment the environment of this process
 */
export function personPath(environment: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> {
  const folders = (environment.PATH ?? "").split(delimiter).filter(isPersons);
  return { [PERSON_PATH]: folders.join(delimiter) };
}

/** Whether the person put the folder on PATH. An empty name means the current folder, which is the project. */
function isPersons(folder: string): boolean {
  return folder !== "" && !ADDED_BY_NPM.some((end) => folder.endsWith(end)) && !folder.startsWith(PACKAGES);
}
