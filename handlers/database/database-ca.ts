/** The certificates of the authorities that the database's certificate may come from. They are public. */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { certificatesProblem } from "../../hub/values/certificates.ts";

/**
 * Reads the certificates.
 *
 * @param file an absolute path, or a path in the release
 * @param release the release's folder, which is the bundle's
 * @returns one or several certificates in PEM
 * @throws Error naming the variable and the file if it cannot be read or holds anything other than certificates
 */
export async function readDatabaseCa(file: string, release = import.meta.dirname): Promise<string> {
  const path = resolve(release, file);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      `DATABASE_CA_FILE: ${path} cannot be read (${cause.code}); put the file there, or correct the path`,
      { cause },
    );
  });
  const problem = certificatesProblem(text);
  if (problem !== undefined) throw new Error(`DATABASE_CA_FILE: ${path}: ${problem}`);
  return text;
}
