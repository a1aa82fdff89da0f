/**
 * Builds the real Pulumi CLI from the Go module proxy, with the modules pinned in `tools/engine/cli`, for a machine that cannot reach Pulumi's
 * download site.
 */
import { execFile, spawn } from "node:child_process";
import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { endOf } from "../cli/child-process.ts";
import { isExecutable } from "../cli/files.ts";
import { abortedByInterrupt } from "../cli/interrupts.ts";
import { type Progress, progress, type ReportAmount } from "../cli/progress.ts";
import { withLock } from "./lock.ts";

const run = promisify(execFile);
const MODULE = join(import.meta.dirname, "cli");
const CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/**
 * Builds the CLI into a file, unless it exists. Of two builds at once, the second waits and uses the file of the first. The file appears complete or
 * not at all.
 *
 * @throws Error if Go is missing or the build fails
 */
export async function buildCli(
  target: string,
  version: string,
  environment: NodeJS.ProcessEnv = process.env,
  shown: Pick<Progress, "run"> = progress,
): Promise<void> {
  const env = { ...environment, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly", GOWORK: "off" };
  await run("go", ["version"], { env }).catch((cause: unknown) => {
    throw new Error("go is not on PATH", { cause });
  });
  await mkdir(dirname(target), { recursive: true });
  await shown.run(`building the Pulumi CLI ${version} from source (2 to 6 minutes)`, (report) =>
    withLock(
      `${target}.lock`,
      () => report("waiting for another build of it"),
      async () => {
        if (await isExecutable(target)) return;
        await removeUnfinished(target);
        const unfinished = `${target}.${process.pid}.unfinished`;
        try {
          await abortedByInterrupt((signal) => compile(unfinished, version, { env, signal, report }));
          await rename(unfinished, target);
        } finally {
          await rm(unfinished, { force: true });
        }
      },
    ),
  );
}

/** Removes the files of interrupted builds. Only the holder of the lock builds, so nobody is writing them. */
async function removeUnfinished(target: string): Promise<void> {
  const prefix = `${basename(target)}.`;
  const left = (await readdir(dirname(target))).filter(
    (name) => name.startsWith(prefix) && name.endsWith(".unfinished"),
  );
  for (const name of left) await rm(join(dirname(target), name), { force: true });
}

interface Compilation {
  readonly env: NodeJS.ProcessEnv;
  /** Stops the build. */
  readonly signal: AbortSignal;
  readonly report: ReportAmount;
}

/** `go` removes its temporary files after an interrupt only. */
const INTERRUPTIBLE = { cwd: MODULE, killSignal: "SIGINT" } as const;

async function compile(output: string, version: string, compilation: Compilation): Promise<void> {
  const { env, signal, report } = compilation;
  report("getting the modules");
  const total = await countPackages(compilation);
  report(`0 of ${total} packages compiled`);
  // CGO off: a machine with Go may have no C compiler.
  const build = spawn(
    "go",
    ["build", "-v", "-trimpath", "-ldflags", `-s -w -X ${VERSION_VARIABLE}=v${version}`, "-o", output, CLI_PACKAGE],
    { ...INTERRUPTIBLE, env, signal, stdio: ["ignore", "ignore", "pipe"] },
  );
  let compiled = 0;
  let lastLine = "";
  createInterface({ input: build.stderr }).on("line", (line) => {
    compiled += 1;
    lastLine = line;
    report(`${compiled} of ${total} packages compiled`);
  });
  const { code } = await endOf(build);
  if (code !== 0) throw new Error(`go build exited with status ${code}: ${lastLine}`);
}

/** Counts the packages to compile. This downloads the modules; `go` writes a line to standard error for each. */
async function countPackages({ env, signal, report }: Compilation): Promise<number> {
  const options = { ...INTERRUPTIBLE, env, signal, maxBuffer: 64 * 1024 * 1024 };
  const listing = run("go", ["list", "-deps", CLI_PACKAGE], options);
  let modules = 0;
  if (listing.child.stderr !== null) {
    createInterface({ input: listing.child.stderr }).on("line", (line) => {
      if (!line.startsWith("go: downloading ")) return;
      modules += 1;
      report(`${modules} modules downloaded`);
    });
  }
  const { stdout } = await listing;
  return stdout.trim().split("\n").length;
}
