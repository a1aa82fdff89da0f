/** 1Password's CLI, as a child process. It gets its arguments without a shell, and its token through its own environment alone. */
import { type ExecFileException, execFile } from "node:child_process";
import { readServiceAccountToken, TOKEN_FILE_VARIABLE } from "./service-account.ts";

/** What `op` finds in its environment. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** How long a call may take, in milliseconds. PM2 waits 30 seconds for a handler to start. */
const TIMEOUT_MS = 20_000;

/** `op` ran, and refused. The message is its own; it holds no value. */
export class OpRefusal extends Error {
  override readonly name = "OpRefusal";
}

/** `op` could not be asked, whatever for: it is not there, did not answer, or its token could not be read. */
export class OpUnavailable extends Error {
  override readonly name = "OpUnavailable";
}

/**
 * What `op` prints.
 *
 * @throws OpRefusal
 * @throws OpUnavailable
 */
export async function runOp(args: readonly string[], variables: Variables): Promise<string> {
  const env = await environmentOf(variables);
  return new Promise((resolve, reject) => {
    const child = execFile("op", [...args], { timeout: TIMEOUT_MS, env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(failureOf(error, stderr));
    });
    child.stdin?.end();
  });
}

async function environmentOf(variables: Variables): Promise<NodeJS.ProcessEnv> {
  const { [TOKEN_FILE_VARIABLE]: file = "" } = variables;
  if (file === "") return { ...variables };
  const token = await readServiceAccountToken(file).catch((cause: Error) => {
    throw new OpUnavailable(cause.message, { cause });
  });
  return { ...variables, OP_SERVICE_ACCOUNT_TOKEN: token };
}

/** Unlike the error of a promisified `execFile`, this one does not carry the standard output. */
function failureOf(cause: ExecFileException, stderr: string): OpRefusal | OpUnavailable {
  if (cause.killed) return new OpUnavailable(`op gave no answer within ${TIMEOUT_MS / 1000} s`, { cause });
  if (typeof cause.code === "number") return new OpRefusal(stderr.trim() || `exit code ${cause.code}`, { cause });
  return new OpUnavailable(`op cannot be run (${cause.message}); install 1Password's CLI`, { cause });
}
