import { execFile } from "node:child_process";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { isExecutable } from "../../../tools/cli/files.ts";
import { cacheFolder } from "../../../tools/cli/paths.ts";
import { withLock } from "../../../tools/engine/lock.ts";

const run = promisify(execFile);
const VERSION = "v1.7.12";

/** Whether this machine has built actionlint, or can build it. */
export async function hasActionlint(): Promise<boolean> {
  const hasGo = () =>
    run("go", ["version"]).then(
      () => true,
      () => false,
    );
  return (await isExecutable(executable())) || hasGo();
}

/**
 * Checks workflow files with actionlint (https://github.com/rhysd/actionlint), which is built once from the Go module proxy, in half a minute. Linters
 * on PATH are not used, so the result is the same on every machine.
 *
 * @returns the problems, one line each; empty if there are none
 * @throws Error if it cannot be built
 */
export async function actionlint(files: readonly string[]): Promise<string> {
  await build();
  const { stdout } = await run(executable(), ["-no-color", "-oneline", "-shellcheck=", "-pyflakes=", ...files]).catch(
    (failure: { stdout?: string; stderr?: string }) => ({ stdout: `${failure.stdout ?? ""}${failure.stderr ?? ""}` }),
  );
  return stdout;
}

function executable(): string {
  return join(cacheFolder(), `actionlint-${VERSION}`, "actionlint");
}

async function build(): Promise<void> {
  const target = executable();
  const folder = dirname(target);
  await mkdir(folder, { recursive: true });
  await withLock(
    `${target}.lock`,
    () => undefined,
    async () => {
      if (await isExecutable(target)) return;
      const unfinished = join(folder, "unfinished");
      const env = { ...process.env, GOBIN: unfinished, CGO_ENABLED: "0", GOFLAGS: "", GOWORK: "off" };
      await run("go", ["install", `github.com/rhysd/actionlint/cmd/actionlint@${VERSION}`], { env });
      await rename(join(unfinished, "actionlint"), target);
      await rm(unfinished, { recursive: true });
    },
  );
}
