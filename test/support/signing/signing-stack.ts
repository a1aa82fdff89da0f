/** A stack with `hub:signing` and what its commands meet: the loopback cloud, a vault, and a machine on which a release runs. No engine runs. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import type { HubConfig } from "../../../hub/config/config.ts";
import { parseConfig } from "../../../hub/config/parse.ts";
import { buildManifest } from "../../../hub/manifest.ts";
import { FINISH_SIGNING_RULES, PUT_SIGNING_RULES } from "../../../hub/scripts/put-signing-rules.ts";
import { ACCEPTED_SIGNING_FILE, acceptedSigning } from "../../../hub/signing/accepted-signing.ts";
import { signingVariables } from "../../../hub/signing/signing-variables.ts";
import { type Changes, configWith } from "../../../hub/testing/config.ts";
import { type LoopbackCloud, startLoopbackCloud } from "../../../loopback/cloud.ts";
import { endOf } from "../../../tools/cli/child-process.ts";
import { PROJECT } from "../../../tools/cli/paths.ts";
import { readStackConfig } from "../../../tools/stack/stack-config.ts";

const RELEASE = "a".repeat(64);

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
  /** The environment of the commands. */
  readonly environment: NodeJS.ProcessEnv;
  /** The config as the file says now. */
  config(): Promise<HubConfig>;
  /** Runs `npm run signing` with these arguments and the stack's file. */
  signing(args: readonly string[], changes?: NodeJS.ProcessEnv): Promise<CommandResult>;
  /** Begins it, so that it can be killed. */
  begin(args: readonly string[], changes?: NodeJS.ProcessEnv): ChildProcess;
  /** Does to Twilio what an `up` does. */
  up(): Promise<CommandResult>;
  /** Does what an authorised restart does: the release of the config runs. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a stack from the tests' config with some values replaced. No release runs yet. */
export async function makeSigningStack(changes: Changes = {}): Promise<SigningStack> {
  const folder = await mkdtemp(join(tmpdir(), "signing-stack-"));
  const hub = configWith({ "handler.releases": folder, ...changes });
  const cloud = await startLoopbackCloud({ config: parseConfig(hub, "Pulumi.test.yaml") });
  const configFile = join(folder, "Pulumi.test.yaml");
  const entries = Object.entries({ ...hub, endpoints: cloud.endpoints }).map(([key, value]) => [`hub:${key}`, value]);
  await writeFile(
    configFile,
    stringify({ config: Object.fromEntries(entries) }, { defaultStringType: "QUOTE_DOUBLE" }),
  );
  const temporary = join(folder, "tmp");
  const programs = join(folder, "bin");
  for (const path of [temporary, programs, join(folder, RELEASE)]) await mkdir(path);
  await symlink(RELEASE, join(folder, "current"));
  await writeFile(join(folder, RELEASE, "ecosystem.config.cjs"), "module.exports = { apps: [{ instances: 1 }] };\n");
  await writeFile(join(programs, "pm2"), "#!/bin/sh\necho '[]'\n", { mode: 0o755 });
  const environment = {
    ...process.env,
    NO_COLOR: "1",
    TMPDIR: temporary,
    LOOPBACK_OP_VAULT: cloud.vaultFile,
    PATH: [programs, cloud.binFolder, process.env.PATH ?? ""].join(delimiter),
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
  const up = async () => {
    const variables = { ...environment, ...signingVariables(await config()), HUB_TRANSPORT: "local" };
    const run = (script: string) =>
      outcomeOf(spawn("/bin/sh", ["-c", script], { cwd: PROJECT, env: variables, stdio: ["ignore", "pipe", "pipe"] }));
    const put = await run(PUT_SIGNING_RULES);
    return put.code === 0 ? run(FINISH_SIGNING_RULES) : put;
  };
  const restart = async () => {
    const accepted = acceptedSigning(buildManifest(await config()));
    await writeFile(join(folder, RELEASE, ACCEPTED_SIGNING_FILE), JSON.stringify(accepted));
    const list = [
      { name: "twilio", pm2_env: { status: "online", pm_exec_path: join(folder, RELEASE, "handler.mjs") } },
    ];
    await writeFile(join(programs, "pm2"), `#!/bin/sh\necho '${JSON.stringify(list)}'\n`, { mode: 0o755 });
  };
  const close = async () => {
    await cloud.close();
    await rm(folder, { recursive: true, force: true });
  };
  const signing = (args: readonly string[], more?: NodeJS.ProcessEnv) => outcomeOf(begin(args, more));
  return { cloud, folder, configFile, environment, config, signing, begin, up, restart, close };
}

/** The config file's text. */
export function configText({ configFile }: Pick<SigningStack, "configFile">): Promise<string> {
  return readFile(configFile, "utf8");
}

async function outcomeOf(child: ChildProcess): Promise<CommandResult> {
  const read = (stream: ChildProcess["stdout"]) => (stream === null ? "" : text(stream));
  const [{ code }, stdout, stderr] = await Promise.all([endOf(child), read(child.stdout), read(child.stderr)]);
  return { code, stdout, stderr };
}
