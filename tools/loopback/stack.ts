/** A stack on its own loopback cloud, for the demo, the tests and `preview-files --loopback`. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { parseConfig } from "../../hub/config/parse.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../../loopback/cloud.ts";
import { endOf, type ProcessEnd } from "../cli/child-process.ts";
import { freePort } from "../cli/free-port.ts";
import { PROJECT } from "../cli/paths.ts";
import { describeKind, missingPlugins } from "../engine/plugins.ts";
import { startSharedProviders } from "../engine/shared-providers.ts";
import { downloadedCli } from "../engine/version.ts";
import { readStackConfig } from "../stack/stack-config.ts";
import { machinePrograms } from "./programs.ts";

/** The stack's name, in the CLI's arguments and in `Pulumi.loopback.yaml`. */
export const LOOPBACK_STACK = "loopback";

const PASSPHRASE = "loopback";
const StackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/** The output of a command, and how it ended. */
export interface CommandResult extends ProcessEnd {
  readonly stdout: string;
  readonly stderr: string;
}

/** A stack with its cloud, its config file and its state, all in a folder that `close` removes. */
export interface LoopbackStack {
  readonly cloud: LoopbackCloud;
  readonly folder: string;
  readonly configFile: string;
  /** Everything that the runs of the CLI have printed so far. */
  readonly printed: readonly string[];
  /** The kind of plugins that the engine uses: real ones or stand-ins. */
  readonly plugins: string;
  /** The folder of staged releases. */
  readonly releases: string;
  /** The port on which the tunnel expects the handler. */
  readonly handlerPort: number;
  /** The variables that a shell needs to run the CLI against this stack. */
  readonly environment: Readonly<Record<string, string>>;
  /** Runs `npm run preview|up|drift|pulumi` with these arguments. */
  pulumi(args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  /**
   * Runs `pulumi up` with the bare CLI, without the policy pack and the checked preview. It takes a third of the time, so use it for a test that is
   * about neither.
   */
  bareUp(options?: RunOptions): Promise<CommandResult>;
  /**
   * Sets the stack up with {@link bareUp}.
   *
   * @throws Error with the CLI's whole output if it fails
   */
  apply(options?: RunOptions): Promise<void>;
  /** Changes the stack's config file. */
  editConfig(edit: (config: Record<string, unknown>) => void): Promise<void>;
  close(): Promise<void>;
}

/** The options of one run of the CLI. */
export interface RunOptions {
  /** The project to run. Default: this one. */
  readonly project?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Called with the process as soon as it runs. */
  readonly onStart?: (processId: number) => void;
}

/**
 * Starts a cloud on free ports and makes a new stack on it, from `Pulumi.loopback.yaml`.
 *
 * @throws Error if the CLI cannot make the stack
 */
export async function startLoopbackStack(): Promise<LoopbackStack> {
  const missing = await missingPlugins(downloadedCli(process.env), process.env);
  const folder = await mkdtemp(join(tmpdir(), "twilio-hub-stack-"));
  const configFile = join(folder, `Pulumi.${LOOPBACK_STACK}.yaml`);
  const handlerPort = await freePort();
  const adminPort = await freePort();
  const releases = join(folder, "releases");
  await writeFile(configFile, await readFile(join(PROJECT, `Pulumi.${LOOPBACK_STACK}.yaml`), "utf8"));
  const editConfig = (edit: (config: Record<string, unknown>) => void) => editStackFile(configFile, edit);
  await editConfig((config) => {
    config["hub:handler"] = {
      port: handlerPort,
      adminPort,
      process: "twilio",
      releases,
      gateFile: join(folder, "gate"),
    };
  });
  await editConfig((config) => {
    config["hub:transport"] = { kind: "local", user: userInfo().username };
  });
  const { hub, source } = await readStackConfig(configFile);
  const cloud = await startLoopbackCloud({ config: parseConfig(hub, source) });
  await editConfig((config) => {
    config["hub:endpoints"] = cloud.endpoints;
  });
  const way = { proxy: cloud.endpoints.twilioProxy, certificate: cloud.caFile };
  const providers = await startSharedProviders(missing, way);
  const environment = {
    ...loopbackEnvironment(cloud, { backend: `file://${folder}`, programs: await machinePrograms() }),
    ...providers.environment,
  };
  const running = new Set<ChildProcess>();
  const printed: string[] = [];
  const pulumi = async (args: readonly string[], options: RunOptions = {}) => {
    const stackArguments = ["--stack", LOOPBACK_STACK, ...configArguments(args, configFile)];
    const result = await runPulumi([...args, ...stackArguments], environment, options, running);
    printed.push(result.stdout, result.stderr);
    return result;
  };
  const bareUp = (options?: RunOptions) =>
    pulumi(["pulumi", "up", "--yes", "--skip-preview", "--config-file", configFile], options);
  const apply = async (options?: RunOptions) => {
    const { code, stdout, stderr } = await bareUp(options);
    if (code !== 0) throw new Error(`pulumi up exited with status ${code}: ${stdout}\n${stderr}`);
  };
  const close = async () => {
    await Promise.all([...running].map(terminate));
    providers.close();
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  };
  const created = await pulumi(["pulumi", "stack", "init"]);
  if (created.code !== 0) {
    await close();
    throw new Error(`pulumi stack init exited with status ${created.code}: ${created.stderr}`);
  }
  return {
    cloud,
    printed,
    plugins: describeKind(missing),
    folder,
    configFile,
    releases,
    handlerPort,
    environment,
    pulumi,
    bareUp,
    apply,
    editConfig,
    close,
  };
}

/** The parts of a loopback stack outside its cloud. */
export interface LoopbackSurroundings {
  /** The URL of the stack's state. */
  readonly backend: string;
  /** The folder of the machine's `node` and `pm2`: a person's PATH may have another Node, and no PM2. */
  readonly programs: string;
}

/** Returns the variables that the CLI needs for a stack on a loopback cloud. */
export function loopbackEnvironment(
  cloud: LoopbackCloud,
  { backend, programs }: LoopbackSurroundings,
): Readonly<Record<string, string>> {
  return {
    PULUMI_BACKEND_URL: backend,
    PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    LOOPBACK_OP_VAULT: cloud.vaultFile,
    PATH: [cloud.binFolder, programs, process.env.PATH ?? ""].join(delimiter),
  };
}

/** The arguments for another config file, which only these commands take. */
function configArguments([verb]: readonly string[], configFile: string): string[] {
  return ["preview", "up", "drift"].includes(verb ?? "") ? ["--config-file", configFile] : [];
}

async function runPulumi(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { project = PROJECT, environment: extra, onStart }: RunOptions,
  running: Set<ChildProcess>,
): Promise<CommandResult> {
  const child = spawn(process.execPath, [join(project, "tools", "commands", "pulumi.ts"), ...args], {
    cwd: project,
    env: { ...process.env, ...environment, ...extra },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  if (child.pid !== undefined) onStart?.(child.pid);
  const [end, stdout, stderr] = await Promise.all([endOf(child), text(child.stdout), text(child.stderr)]);
  return { ...end, stdout, stderr };
}

/** Ends a run that is under way. The tool passes the signal to the engine and waits for it. */
async function terminate(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  await once(child, "close");
}

/** Changes a stack's config file, in which comments and formats are lost. */
export async function editStackFile(file: string, edit: (config: Record<string, unknown>) => void): Promise<void> {
  const content: unknown = parse(await readFile(file, "utf8"));
  const stackFile = StackFile.parse(content);
  edit(stackFile.config);
  // The engine's YAML reads a plain date as a time and a plain +1949 as a number.
  await writeFile(file, stringify(stackFile, { defaultStringType: "QUOTE_DOUBLE" }));
}
