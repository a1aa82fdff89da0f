/** Finds the Pulumi CLI of exactly the pinned version, and downloads or builds it if it is missing. */
import { execFile } from "node:child_process";
import { delimiter, join, sep } from "node:path";
import { promisify } from "node:util";
import { isExecutable } from "../cli/files.ts";
import { abortedByInterrupt, Interrupted } from "../cli/interrupts.ts";
import { cacheFolder, PROJECT } from "../cli/paths.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import { buildCli } from "./build-cli.ts";
import { downloadedCli, PULUMI_VERSION } from "./version.ts";

const run = promisify(execFile);

/** Long enough for the download on a slow line, and short enough to wait for. */
const DOWNLOAD_TIMEOUT_MS = 180_000;

/** The CLI's executable, and its origin. */
export interface Cli {
  readonly path: string;
  readonly origin: "PATH" | "npm" | "built";
}

/** The two ways to get a missing CLI. */
export interface CliSources {
  /** Lets npm's `pulumi` download the official CLI into its own folder. */
  download(environment: NodeJS.ProcessEnv): Promise<void>;
  /** Builds the CLI of a version into a file. */
  build(target: string, version: string, environment: NodeJS.ProcessEnv): Promise<void>;
}

/**
 * Looks for the CLI on PATH, in the download of npm's `pulumi`, and in the user's cache. If it is in none of them, lets npm's `pulumi` download it;
 * if that fails, builds it from the Go module proxy. So only a first run is slow.
 *
 * @throws UserError naming each thing that was tried
 * @throws Interrupted if the download or the build was interrupted
 */
export async function findCli(
  environment: NodeJS.ProcessEnv = process.env,
  { download, build }: CliSources = { download: downloadCli, build: buildCli },
): Promise<Cli> {
  const tried: string[] = [];
  const onPath = await cliOnPath(environment, tried);
  if (onPath !== undefined) return { path: onPath, origin: "PATH" };

  const downloaded = downloadedCli(environment);
  if (await isExecutable(downloaded)) return { path: downloaded, origin: "npm" };

  const built = join(cacheFolder(environment), `pulumi-v${PULUMI_VERSION}`, "pulumi");
  if (await isExecutable(built)) return { path: built, origin: "built" };

  const downloading = `downloading the Pulumi CLI ${PULUMI_VERSION} with npm's pulumi`;
  const get = () => progress.run(downloading, () => download(environment));
  if (await attempt("the download by npm's pulumi", tried, get)) {
    if (await isExecutable(downloaded)) return { path: downloaded, origin: "npm" };
  }
  if (await attempt("a build from the Go module proxy", tried, () => build(built, PULUMI_VERSION, environment))) {
    return { path: built, origin: "built" };
  }
  throw new UserError(
    `no Pulumi CLI ${PULUMI_VERSION}. Tried:\n${tried.map((line) => `  - ${line}`).join("\n")}\n` +
      `Install it from https://www.pulumi.com/docs/install/versions/, or install Go 1.26 or newer from https://go.dev/dl/ and run this again.`,
  );
}

/** The first `pulumi` on PATH that is not npm's shim, if it is the pinned version. */
async function cliOnPath(environment: NodeJS.ProcessEnv, tried: string[]): Promise<string | undefined> {
  const shims = join("node_modules", ".bin");
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => !folder.endsWith(`${sep}${shims}`));
  for (const folder of folders) {
    const candidate = join(folder, "pulumi");
    if (folder === "" || !(await isExecutable(candidate))) continue;
    const version = await versionOf(candidate, environment);
    if (version === `v${PULUMI_VERSION}`) return candidate;
    tried.push(`${candidate}: found ${version}, expected v${PULUMI_VERSION}`);
    return undefined;
  }
  tried.push("PATH: no pulumi");
  return undefined;
}

async function versionOf(path: string, environment: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await run(path, ["version"], { env: { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" } });
    return stdout.trim();
  } catch (error) {
    return `not runnable (${firstLine(error)})`;
  }
}

async function downloadCli(environment: NodeJS.ProcessEnv): Promise<void> {
  const shim = join(PROJECT, "node_modules", ".bin", "pulumi");
  await abortedByInterrupt((signal) =>
    run(shim, ["version"], { env: environment, timeout: DOWNLOAD_TIMEOUT_MS, signal }),
  );
}

async function attempt(what: string, tried: string[], act: () => Promise<void>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    tried.push(`${what}: ${firstLine(error)}`);
    return false;
  }
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("Command failed"));
  return lines.at(-1) ?? text;
}
