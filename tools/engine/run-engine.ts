/** Runs the Pulumi CLI as a person would. Finds it first, and attaches stand-ins for the plugins that the machine lacks. */
import { spawn } from "node:child_process";
import { delimiter, dirname } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { parseConfig } from "../../hub/config/parse.ts";
import { endOf } from "../cli/child-process.ts";
import { PROJECT } from "../cli/paths.ts";
import { personPath } from "../cli/person-path.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import { readStackConfig, stackFile } from "../stack/stack-config.ts";
import { requireBackend } from "./backend.ts";
import type { EventLog } from "./event-log.ts";
import { findCli } from "./find-cli.ts";
import { describeKind, missingPlugins, requireLanguageHost } from "./plugins.ts";
import { type Attachment, attachLoopback } from "./stand-ins.ts";
import { PULUMI_VERSION } from "./version.ts";

/** A run of the stack's program. */
export interface ProgramRun {
  readonly args: readonly string[];
  readonly stack: string;
  /** The stack's config file. Default: the project's own. */
  readonly configFile?: string;
  /** The event log. Its arguments are left out of the command line that is shown. */
  readonly events?: Pick<EventLog, "args" | "environment">;
  /** Whether the engine's output is shown only if it fails. */
  readonly isQuiet?: boolean;
}

/** The CLI's commands that need the stack's config and its plugins, with their aliases. The others, like `cancel`, must work without them. */
const PROGRAM_COMMANDS: readonly string[] = [
  ...["preview", "pre", "up", "update", "refresh", "destroy", "down", "dn", "import", "watch"],
];

const NOTHING_TO_ATTACH: Attachment = { environment: {}, close: async () => undefined };

/** Whether a command of the CLI runs the stack's program. */
export function runsProgram([command = ""]: readonly string[]): boolean {
  return PROGRAM_COMMANDS.includes(command);
}

/** Runs a command of the CLI that does not run the program, and returns its exit status. */
export async function runBare(args: readonly string[]): Promise<number> {
  return runCli((await findCli()).path, args, {});
}

/**
 * Runs the stack's program with these arguments of the CLI, and returns its exit status.
 *
 * @throws UserError if the config is wrong, the backend is missing, a production stack lacks the language host, the loopback cloud does not answer,
 * or a signal stopped the engine
 */
export async function runProgram({ args, stack, configFile, events, isQuiet = false }: ProgramRun): Promise<number> {
  const { source, hub } = await readStackConfig(configFile ?? stackFile(stack));
  const { endpoints } = parseConfig(hub, source);
  await requireBackend(endpoints !== undefined);
  const cli = await findCli();
  const missing = await missingPlugins(cli.path, process.env);
  if (endpoints === undefined) requireLanguageHost(missing, stack);
  const attachment = endpoints === undefined ? NOTHING_TO_ATTACH : await attachLoopback(endpoints, missing);
  const kind = describeKind(endpoints === undefined ? [] : missing);
  try {
    progress.write(process.stderr, `Pulumi ${PULUMI_VERSION} (${cli.origin}), ${kind}\n$ pulumi ${args.join(" ")}\n`);
    const environment = { ...attachment.environment, ...events?.environment };
    return await runCli(cli.path, [...args, ...(events?.args ?? [])], environment, isQuiet);
  } finally {
    await attachment.close();
  }
}

async function runCli(
  cli: string,
  args: readonly string[],
  environment: Attachment["environment"],
  isQuiet = false,
): Promise<number> {
  const path = environment.PATH ?? process.env.PATH ?? "";
  const wantsJson = args.some((argument) => /^(-j|--json)(=|$)/.test(argument));
  const keepsToPlan = args.some((argument) => /^--plan(=|$)/.test(argument));
  // The engine gets the terminal itself, since it asks questions there.
  const isPiped = wantsJson || isQuiet || keepsToPlan || !process.stdout.isTTY;
  const engine = spawn(cli, args, {
    cwd: PROJECT,
    stdio: ["inherit", isPiped ? "pipe" : "inherit", isPiped ? "pipe" : "inherit"],
    env: {
      ...process.env,
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // A shell may still have these from the loopback cloud. They must not attach a stand-in to a production stack.
      PULUMI_DEBUG_LANGUAGES: undefined,
      PULUMI_DEBUG_PROVIDERS: undefined,
      ...environment,
      ...personPath(),
      // The program, the policy pack and the language host run on the project's Node, and the CLI finds the plugins in its own folder. The machine's
      // scripts use the person's PATH instead.
      PATH: [dirname(process.execPath), dirname(cli), path].join(delimiter),
    },
  });
  const { stdout, stderr } = engine;
  const held = isQuiet && stdout !== null ? text(stdout) : undefined;
  if (!isQuiet) writeLines(stdout, process.stdout, wantsJson ? withoutAccountSids : withoutNoise);
  writeLines(stderr, process.stderr);
  // The terminal sends an interrupt to the whole group, so the engine gets it too; this process waits for the engine's end.
  const ignore = () => undefined;
  const terminate = () => engine.kill("SIGINT");
  process.on("SIGINT", ignore).on("SIGTERM", terminate);
  const ended = endOf(engine).finally(() => process.off("SIGINT", ignore).off("SIGTERM", terminate));
  const name = `pulumi ${args[0]}${isQuiet ? ", to check the plan first" : ""}`;
  // On a terminal the engine shows its own progress.
  const { code, signal } = await (isPiped ? progress.run(name, () => ended) : ended);
  if (code !== 0 && held !== undefined) process.stdout.write(withoutNoise(await held));
  if (signal !== null) {
    throw new UserError(
      `the engine was stopped by ${signal} in the middle of its work, and the stack is still locked. ` +
        `If no other run is under way: npm run pulumi -- cancel --yes --stack NAME, then run the same command again`,
    );
  }
  return code ?? 1;
}

/** Passes the lines of an output of the engine on, if it is piped. */
function writeLines(from: NodeJS.ReadableStream | null, to: NodeJS.WriteStream, clean = (line: string) => line): void {
  if (from === null) return;
  createInterface({ input: from }).on("line", (line) => progress.write(to, `${clean(line)}\n`));
}

/**
 * Masks account SIDs. The engine masks the secrets that it knows, but the JSON of an import also holds the account's SID that the import read, and
 * the engine does not know that it is a secret.
 */
function withoutAccountSids(text: string): string {
  return text.replace(/AC[0-9a-f]{32}/g, "[secret]");
}

/**
 * Removes a failed command's script and the values of a violated plan. The provider prints the whole script, in quotes, before the script's own
 * message. The engine prints the value of a property that differs from the plan, even a secret one.
 */
function withoutNoise(text: string): string {
  return text
    .replace(/: running "(?:[^"\\]|\\.)*":/g, ": running its script:")
    .replace(/(violates plan: properties changed: [^[\n]*)\[.*/g, "$1 (the values are not shown)");
}
