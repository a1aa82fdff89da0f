/** The PATH of the person who runs a command, for the scripts of the handler's machine. */
import { delimiter, join, sep } from "node:path";
import { PERSON_PATH } from "../../hub/scripts/on-machine.ts";
import { PROJECT } from "./paths.ts";

const PACKAGES = join(PROJECT, "node_modules", sep);

/** The folders that `npm run` puts before a person's PATH: the programs of a project's packages, and npm's own node-gyp. */
const NPMS = [`${sep}node_modules${sep}.bin`, `${sep}node-gyp-bin`];

/**
 * The variable that hands the person's PATH to the scripts, without what `npm run` puts before it and without the project's packages, which the
 * next `npm ci` deletes.
 *
 * @param environment as this process got it
 */
export function personPath(environment: NodeJS.ProcessEnv = process.env): Readonly<Record<string, string>> {
  const folders = (environment.PATH ?? "").split(delimiter).filter(isPersons);
  return { [PERSON_PATH]: folders.join(delimiter) };
}

/** An empty folder on PATH is the current one, which is the project. */
function isPersons(folder: string): boolean {
  return folder !== "" && !NPMS.some((end) => folder.endsWith(end)) && !folder.startsWith(PACKAGES);
}
