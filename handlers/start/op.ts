/** 1Password's CLI, as a child process. It gets its arguments without a shell, and its token only through its environment. */
import { type ExecFileException, execFile } from "node:child_process";
import { type OpRefusal, OpUnavailable, refusalOf } from "./op-failure.ts";
import { readServiceAccountToken, TOKEN_FILE_VARIABLE } from "./service-account.ts";

/** The environment of `op`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The longest time for a call, in milliseconds. PM2 waits 30 seconds for a handler to start. */
const TIMEOUT_MS = 20_000;

/**
 * Runs `op`.
 *
 * @returns its standard output
 * @throws OpRefusal if it exits with a status other than 0
 * @throws OpLimited if 1Password's rate limit is reached
 * @throws OpUnavailable if it cannot be run, does not answer in time, or its token cannot be read
 */
export async function runOp(args: readonly string[], variables: Variables): Promise<string> {
  const env = await opEnvironment(variables);
  return new Promise((resolve, reject) => {
    const child = execFile("op", [...args], { timeout: TIMEOUT_MS, env }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(failureOf(error, stderr));
    });
    child.stdin?.end();
  });
}

/**
 * The environment of `op`: the given variables, and the token of a service account if one of them names its file.
 *
 * @throws OpUnavailable if the token cannot be read
 */
export async function opEnvironment(variables: Variables): Promise<NodeJS.ProcessEnv> {
  const { [TOKEN_FILE_VARIABLE]: file = "" } = variables;
  if (file === "") return { ...variables };
  const token = await readServiceAccountToken(file).catch((cause: Error) => {
    throw new OpUnavailable(cause.message, { cause, wasAsked: false });
  });
  return { ...variables, OP_SERVICE_ACCOUNT_TOKEN: token };
}

/** The error of a failed call. Unlike that of a promisified `execFile`, it does not contain the standard output. */
function failureOf(cause: ExecFileException, stderr: string): OpRefusal | OpUnavailable {
  if (cause.killed) {
    return new OpUnavailable(`op gave no answer within ${TIMEOUT_MS / 1000} s`, { cause, wasAsked: true });
  }
  if (typeof cause.code === "number")
    return refusalOf(stderr.trim() || `exit code ${cause.code}`, new Date(), { cause });
  return new OpUnavailable(`op cannot be run (${cause.message}); install 1Password's CLI`, { cause, wasAsked: false });
}
