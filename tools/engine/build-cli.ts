/**
 * Builds the real Pulumi CLI from the Go module proxy, from the pinned modules in `tools/engine/cli`, for a machine that does not reach
 * Pulumi's download site.
 */
import { execFile, spawn } from "node:child_process";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { endOf } from "../child-process.ts";
import { isExecutable } from "../files.ts";
import { withLock } from "./lock.ts";

const run = promisify(execFile);
const MODULE = join(import.meta.dirname, "cli");
const CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
const PROGRESS_EVERY_MS = 5_000;

/**
 * Builds the CLI into a file. Two at once build once: the second waits and takes what the first built. The file appears whole or not at all.
 *
 * @throws Error where Go is missing or the build fails
 */
export async function buildCli(
  target: string,
  version: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const env = { ...environment, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" };
  await run("go", ["version"], { env }).catch((cause: unknown) => {
    throw new Error("go is not on PATH", { cause });
  });
  await mkdir(dirname(target), { recursive: true });
  const waiting = () => process.stderr.write(`waiting for another build of Pulumi v${version} …\n`);
  await withLock(`${target}.lock`, waiting, async () => {
    if (await isExecutable(target)) return;
    await removeUnfinished(target);
    const unfinished = `${target}.${process.pid}.unfinished`;
    try {
      await compile(unfinished, version, env);
      await rename(unfinished, target);
    } finally {
      await rm(unfinished, { force: true });
    }
  });
}

/** What a build left that was interrupted. Only the holder of the lock builds, so nobody writes it now. */
async function removeUnfinished(target: string): Promise<void> {
  const prefix = `${basename(target)}.`;
  const left = (await readdir(dirname(target))).filter(
    (name) => name.startsWith(prefix) && name.endsWith(".unfinished"),
  );
  for (const name of left) await rm(join(dirname(target), name), { force: true });
}

async function compile(output: string, version: string, env: NodeJS.ProcessEnv): Promise<void> {
  const started = Date.now();
  const report = (what: string) =>
    process.stderr.write(`building Pulumi v${version} from the Go module proxy: ${what}, ${elapsed(started)}\n`);
  report("getting the modules, 2 to 6 minutes in all");
  const total = await countPackages(env);
  // CGO off: a machine with Go may have no C compiler.
  const build = spawn(
    "go",
    ["build", "-v", "-trimpath", "-ldflags", `-s -w -X ${VERSION_VARIABLE}=v${version}`, "-o", output, CLI_PACKAGE],
    { cwd: MODULE, env, stdio: ["ignore", "ignore", "pipe"] },
  );
  let compiled = 0;
  let lastLine = "";
  createInterface({ input: build.stderr }).on("line", (line) => {
    compiled += 1;
    lastLine = line;
  });
  const progress = setInterval(() => report(`${compiled} of ${total} packages compiled`), PROGRESS_EVERY_MS);
  const { code } = await endOf(build).finally(() => clearInterval(progress));
  if (code !== 0) throw new Error(`go build exited with status ${code}: ${lastLine}`);
  report("done");
}

async function countPackages(env: NodeJS.ProcessEnv): Promise<number> {
  const { stdout } = await run("go", ["list", "-deps", CLI_PACKAGE], {
    cwd: MODULE,
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout.trim().split("\n").length;
}

function elapsed(started: number): string {
  const seconds = Math.round((Date.now() - started) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
