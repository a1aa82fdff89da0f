/** The certificates for the database that a release carries. */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { type HandlerEnvironment, RELEASE_CA_FILE } from "../../hub/config/environment.ts";
import { certificatesProblem } from "../../hub/values/certificates.ts";
import { UserError } from "../../hub/values/user-error.ts";

/** A release's environment, and the files that it needs beside it. */
export interface CarriedEnvironment {
  readonly environment: HandlerEnvironment;
  /** By name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Puts a project's file of certificates into the release, under one name, wherever it is in the project. A file with an absolute path stays where it is on the
 * handler's machine.
 *
 * @param project the project's top
 * @throws UserError naming the key and the file if it cannot be read or holds anything other than certificates
 */
export async function carryDatabaseCa(environment: HandlerEnvironment, project: string): Promise<CarriedEnvironment> {
  const { DATABASE_CA_FILE: file } = environment;
  if (file === undefined || isAbsolute(file)) return { environment, files: {} };
  const text = await readFile(join(project, file), "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw wrong(file, `cannot be read in the project (${cause.code}); put it there, or correct the path`, { cause });
  });
  const problem = certificatesProblem(text);
  if (problem !== undefined) throw wrong(file, problem);
  return { environment: { ...environment, DATABASE_CA_FILE: RELEASE_CA_FILE }, files: { [RELEASE_CA_FILE]: text } };
}

function wrong(file: string, problem: string, options?: ErrorOptions): UserError {
  return new UserError(`hub:environment.DATABASE_CA_FILE: ${file}: ${problem}`, options);
}
