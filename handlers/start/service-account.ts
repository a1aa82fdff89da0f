/**
 * The token of a 1Password service account, with which `op` reads the vault on a machine where nobody is signed in. The environment names only
 * the token's file, so the token is neither in this process's environment nor in PM2's dump.
 * Source: https://developer.1password.com/docs/service-accounts/use-with-1password-cli/
 */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { isToken } from "../../hub/values/credential-form.ts";

/** The variable that names the file. */
export const TOKEN_FILE_VARIABLE = "OP_SERVICE_ACCOUNT_TOKEN_FILE";

const OTHERS = 0o007;
const GROUP = 0o070;
const GROUP_MORE_THAN_READ = 0o030;

/** A file's owner and permissions. */
export interface FileAccess {
  readonly isFile: boolean;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Reads the token from its file. The open is non-blocking, so it does not wait for a writer if the file is a pipe.
 *
 * @throws Error naming the variable and the file, never the token, if the file is missing, accessible to others, not ours, or without a token
 */
export async function readServiceAccountToken(file: string): Promise<string> {
  if (!isAbsolute(file)) throw wrong(file, "expected an absolute path");
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: NodeJS.ErrnoException) => {
    throw wrong(file, `cannot be opened (${cause.code}); create it so that only the handler's user can read it`);
  });
  try {
    return await tokenOf(handle, file);
  } finally {
    await handle.close();
  }
}

async function tokenOf(handle: FileHandle, file: string): Promise<string> {
  const stats = await handle.stat();
  const { mode, uid, gid } = stats;
  const problem = accessProblem({ isFile: stats.isFile(), mode, uid, gid }, process.getuid?.() ?? uid);
  if (problem !== undefined) throw wrong(file, problem);
  const token = (await handle.readFile("utf8")).trim();
  if (isToken(token)) return token;
  throw wrong(file, "expected one line with the service account's token (what was found is not shown)");
}

/**
 * Why a file with a secret is refused, or undefined if it is accepted. A file of root may be readable by root's group: systemd's credentials
 * are, and an access list lets the service's user read them (https://systemd.io/CREDENTIALS/).
 *
 * @param user the ID of the process's user
 */
export function accessProblem({ isFile, mode, uid, gid }: FileAccess, user: number): string | undefined {
  if (!isFile) return "expected a regular file";
  if (uid !== user && uid !== 0) return "belongs to another user; expected the handler's own (chown)";
  const isSystemdCredential = uid === 0 && gid === 0 && (mode & GROUP_MORE_THAN_READ) === 0;
  const isOpen = (mode & OTHERS) !== 0 || ((mode & GROUP) !== 0 && !isSystemdCredential);
  return isOpen ? "users other than its owner have access to it; chmod it to 600" : undefined;
}

function wrong(file: string, problem: string): Error {
  return new Error(`${TOKEN_FILE_VARIABLE}: ${file}: ${problem}`);
}
