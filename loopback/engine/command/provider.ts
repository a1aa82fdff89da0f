/** A stand-in for the provider `command` 1.2.1, which runs commands on this machine (https://www.pulumi.com/registry/packages/command/). */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { z } from "zod";
import { detailedDiff } from "../protocol/diff.ts";
import { UnimplementedError } from "../protocol/grpc-server.ts";
import { parse } from "../protocol/parse.ts";
import { openedSecrets, rawFromStruct, toStruct, UNKNOWN } from "../protocol/properties.ts";
import type { ProviderStandIn, ResourceStandIn } from "../protocol/provider-server.ts";

const COMMAND = "command:local:Command";
const RUN = "command:local:run";

const Settings = z.strictObject({
  interpreter: z.array(z.string()).optional(),
  dir: z.string().optional(),
  stdin: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  addPreviousOutputInEnv: z.boolean().optional(),
  // Ignored: the stand-in logs nothing.
  logging: z.string().optional(),
});
type Settings = z.infer<typeof Settings>;

const RunArguments = Settings.extend({ command: z.string() });

const CommandInputs = Settings.extend({
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  triggers: z.array(z.unknown()).optional(),
});

const Output = z.object({ stdout: z.string().default(""), stderr: z.string().default("") });
type Output = z.infer<typeof Output>;

const NO_OUTPUT: Output = { stdout: "", stderr: "" };

/** A script's output in a preview. */
const NOT_RUN_YET = { stdout: UNKNOWN, stderr: UNKNOWN };

const command: ResourceStandIn<null> = {
  diff: (state, inputs) => detailedDiff(openedSecrets(state.inputs), openedSecrets(inputs), ["triggers"]),
  plannedId: newId,
  plan: (inputs) => ({ ...inputs, ...NOT_RUN_YET }),
  importedInputs: (outputs) => outputs,
  refreshedInputs: (inputs) => inputs,
  async create(_client, properties, name) {
    const inputs = parse(CommandInputs, openedSecrets(properties), COMMAND);
    const output = inputs.create === undefined ? NO_OUTPUT : await shell(inputs.create, inputs);
    return { id: newId(name), outputs: { ...properties, ...output } };
  },
  // The effect of a command cannot be read back.
  read: async (_client, id, { outputs }) => ({ id, outputs }),
  async update(_client, _id, properties, outputs) {
    const inputs = parse(CommandInputs, openedSecrets(properties), COMMAND);
    const previous = parse(Output, openedSecrets(outputs), COMMAND);
    const script = inputs.update ?? inputs.create;
    return { ...properties, ...(script === undefined ? previous : await shell(script, inputs, previous)) };
  },
  async delete(_client, _id, properties) {
    const outputs = openedSecrets(properties);
    const inputs = parse(CommandInputs.strip(), outputs, COMMAND);
    if (inputs.delete !== undefined) await shell(inputs.delete, inputs, parse(Output, outputs, COMMAND));
  },
};

function newId(name: string): string {
  return `${name}${randomBytes(4).toString("hex")}`;
}

/** The version of the real plugin's library. The plugin writes it into its provider's state. */
const LIBRARY_VERSION = { "__pulumi-go-provider-version": "1.2.0" };

/** The provider as the engine sees it. It has no configuration. */
export const commandProvider: ProviderStandIn<null> = {
  name: "command",
  version: "1.2.1",
  abilities: { acceptSecrets: true, acceptOutputs: true, autonaming: false },
  checkConfig: (request) =>
    new proto.CheckResponse().setInputs(toStruct({ ...rawFromStruct(request.getNews()), ...LIBRARY_VERSION })),
  diffConfig() {
    throw new UnimplementedError("DiffConfig is not implemented");
  },
  configure: () => null,
  resources: { [COMMAND]: command },
  functions: {
    [RUN]: async (_client, args) => {
      const inputs = parse(RunArguments, args, RUN);
      return { ...args, ...(await shell(inputs.command, inputs)) };
    },
  },
};

async function shell(script: string, settings: Settings, previous: Output = NO_OUTPUT): Promise<Output> {
  const [program = "/bin/sh", ...args] = settings.interpreter?.length ? settings.interpreter : ["/bin/sh", "-c"];
  const child = spawn(program, [...args, script], {
    cwd: settings.dir,
    env: { ...process.env, ...settings.environment, ...previousOutput(settings, previous) },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A command may end without reading its input.
  child.stdin.on("error", () => undefined).end(settings.stdin ?? "");
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
  child.once("error", (cause) =>
    reject(new Error(`cannot run ${program} in ${settings.dir ?? "."}: ${cause.message}`)),
  );
  child.once("close", (code, signal) => resolve(failure(code, signal)));
  const [stdout, stderr, failed] = await Promise.all([text(child.stdout), text(child.stderr), promise]);
  if (failed !== undefined) throw new Error(`${failed}: running ${JSON.stringify(script)}:\n${stderr}`);
  return { stdout: withoutLineEnd(stdout), stderr: withoutLineEnd(stderr) };
}

/** The variables with the output of the previous command, for an update and a delete. */
function previousOutput({ addPreviousOutputInEnv = true }: Settings, { stdout, stderr }: Output) {
  if (!addPreviousOutputInEnv) return {};
  return {
    ...(stdout !== "" && { PULUMI_COMMAND_STDOUT: stdout }),
    ...(stderr !== "" && { PULUMI_COMMAND_STDERR: stderr }),
  };
}

function failure(code: number | null, signal: NodeJS.Signals | null): string | undefined {
  if (code === 0) return undefined;
  return code === null ? `ended by ${signal}` : `exit status ${code}`;
}

function withoutLineEnd(output: string): string {
  return output.replace(/\n$/, "");
}
