import { delimiter } from "node:path";

/**
 * Returns the lines that set these variables in a POSIX shell. The folders that the environment's PATH adds in front of this process's PATH go in
 * front of the shell's own PATH.
 *
 * @param ownPath this process's PATH
 */
export function shellExports(
  environment: Readonly<Record<string, string>>,
  ownPath: string = process.env.PATH ?? "",
): string[] {
  return Object.entries(environment).map(([name, value]) =>
    name === "PATH"
      ? `export PATH=${quoted(`${addedInFront(value, ownPath).join(delimiter)}${delimiter}`)}"$PATH"`
      : `export ${name}=${quoted(value)}`,
  );
}

/** The folders of a PATH up to the last one that this process's PATH does not have. */
function addedInFront(path: string, ownPath: string): string[] {
  const own = new Set(ownPath.split(delimiter));
  const folders = path.split(delimiter);
  return folders.slice(0, folders.findLastIndex((folder) => !own.has(folder)) + 1);
}

function quoted(value: string): string {
  return `'${value.replaceAll("'", "'\\''")}'`;
}
