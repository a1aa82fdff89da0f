/** A stack with `hub:signing` and the surroundings of its commands: the loopback cloud, a vault, and a machine. No engine runs. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import type { HubConfig } from "../../../hub/config/config.ts";
import { parseConfig } from "../../../hub/config/parse.ts";
import { FINISH_SIGNING_RULES, PUT_SIGNING_RULES } from "../../../hub/scripts/put-signing-rules.ts";
import { signingVariables } from "../../../hub/signing/signing-variables.ts";
import { type Changes, configWith } from "../../../hub/testing/config.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../../../loopback/cloud.ts";
import { endOf } from "../../../tools/cli/child-process.ts";
import { PROJECT } from "../../../tools/cli/paths.ts";
import { editStackFile } from "../../../tools/loopback/stack.ts";
import { readStackConfig } from "../../../tools/stack/stack-config.ts";
import type { MachinePlace, SigningMachine } from "./machine-place.ts";
import { standInMachine } from "./stand-in-machine.ts";

/** The result of a command. */
export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The stack. */
export interface SigningStack {
  readonly cloud: LoopbackCloud;
  /** The stack's own folder. The commands also put their temporary files below it. */
  readonly folder: string;
  readonly configFile: string;
  /** A folder that is first on the commands' PATH. */
  readonly programs: string;
  /** The environment of the commands. */
  readonly environment: NodeJS.ProcessEnv;
  /** The config as the file says now. */
  config(): Promise<HubConfig>;
  /** Runs `npm run signing` with these arguments and the stack's file. */
  signing(args: readonly string[], changes?: NodeJS.ProcessEnv): Promise<CommandResult>;
  /** Begins it, so that it can be killed. */
  begin(args: readonly string[], changes?: NodeJS.ProcessEnv): ChildProcess;
  /** Begins the script with which an `up` changes Twilio, in a process group of its own. */
  beginUp(script: string): Promise<ChildProcess>;
  /** Does to Twilio what an `up` does. */
  up(): Promise<CommandResult>;
  /** Makes the release of the config run. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Makes a stack from the tests' config with some values replaced. No release runs yet.
 *
 * @param makeMachine makes its machine. Default: one whose PM2 is a stand-in, and whose releases consist of what they accept
 */
export async function makeSigningStack(
  changes: Changes = {},
  makeMachine: (place: MachinePlace) => Promise<SigningMachine> = standInMachine,
): Promise<SigningStack> {
  const folder = await mkdtemp(join(tmpdir(), "signing-stack-"));
  const hub = configWith({ "handler.releases": join(folder, "releases"), ...changes });
  const cloud = await startLoopbackCloud({ config: parseConfig(hub, "Pulumi.test.yaml") });
  const configFile = join(folder, "Pulumi.test.yaml");
  const entries = Object.entries({ ...hub, endpoints: cloud.endpoints }).map(([key, value]) => [`hub:${key}`, value]);
  const content = { config: Object.fromEntries(entries) };
  await writeFile(configFile, stringify(content, { defaultStringType: "QUOTE_DOUBLE" }));
  const programs = join(folder, "programs");
  const temporary = join(folder, "tmp");
  for (const path of [temporary, programs]) await mkdir(path);
  const editConfig = (edit: (config: Record<string, unknown>) => void) => editStackFile(configFile, edit);
  const machine = await makeMachine({ cloud, folder, editConfig });
  const environment = {
    ...process.env,
    ...machine.environment,
    NO_COLOR: "1",
    TMPDIR: temporary,
    LOOPBACK_OP_VAULT: cloud.vaultFile,
    PATH: [programs, machine.environment.PATH, cloud.binFolder, process.env.PATH].join(delimiter),
  };
  const config = async () => {
    const { hub: keys, source } = await readStackConfig(configFile);
    return parseConfig(keys, source);
  };
  const begin = (args: readonly string[], more: NodeJS.ProcessEnv = {}) =>
    spawn(
      process.execPath,
      [join(PROJECT, "tools", "commands", "signing.ts"), ...args, "--stack", "test", "--config-file", configFile],
      { cwd: PROJECT, env: { ...environment, ...more }, stdio: ["ignore", "pipe", "pipe"] },
    );
  const beginUp = async (script: string) => {
    const variables = { ...environment, ...signingVariables(await config()), HUB_TRANSPORT: "local" };
    const options = { cwd: PROJECT, env: variables, stdio: ["ignore", "pipe", "pipe"] as const, detached: true };
    return spawn("/bin/sh", ["-c", script], { ...options, stdio: [...options.stdio] });
  };
  const up = async () => {
    const put = await outcomeOf(await beginUp(PUT_SIGNING_RULES));
    return put.code === 0 ? outcomeOf(await beginUp(FINISH_SIGNING_RULES)) : put;
  };
  const restart = async () => machine.restart(await config());
  const close = async () => {
    await machine.close();
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  };
  const signing = (args: readonly string[], more?: NodeJS.ProcessEnv) => outcomeOf(begin(args, more));
  return { cloud, folder, configFile, environment, programs, config, signing, begin, beginUp, up, restart, close };
}

/** The config file's text. */
export function configText({ configFile }: Pick<SigningStack, "configFile">): Promise<string> {
  return readFile(configFile, "utf8");
}

/** The outcome of a command that was begun. */
export async function outcomeOf(child: ChildProcess): Promise<CommandResult> {
  const read = (stream: ChildProcess["stdout"]) => (stream === null ? "" : text(stream));
  const [{ code }, stdout, stderr] = await Promise.all([endOf(child), read(child.stdout), read(child.stderr)]);
  return { code, stdout, stderr };
}
