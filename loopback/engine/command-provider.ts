/** Stands in for the provider `command` 1.2.1: runs a command on this machine (https://www.pulumi.com/registry/packages/command/). */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { z } from "zod";
import type { Properties } from "./properties.ts";
import type { ProviderStandIn, ResourceStandIn } from "./provider-server.ts";

const CommandInputs = z.object({
  create: z.string().optional(),
  update: z.string().optional(),
  delete: z.string().optional(),
  dir: z.string().optional(),
  stdin: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
});
type CommandInputs = z.infer<typeof CommandInputs>;

const RunArguments = CommandInputs.extend({ command: z.string() });

const command: ResourceStandIn<null> = {
  replaceOn: ["triggers"],
  computed: [],
  volatile: ["stdout", "stderr"],
  importedInputs: (outputs) => outputs,
  async create(_client, properties) {
    const inputs = CommandInputs.parse(properties);
    return {
      id: `command${randomBytes(8).toString("hex")}`,
      outputs: await applied(inputs.create, inputs, properties),
    };
  },
  // What a command did cannot be read back.
  read: async (_client, id, outputs) => ({ id, outputs }),
  async update(_client, _id, properties) {
    const inputs = CommandInputs.parse(properties);
    return applied(inputs.update ?? inputs.create, inputs, properties);
  },
  async delete(_client, _id, outputs) {
    const inputs = CommandInputs.parse(outputs);
    if (inputs.delete !== undefined) await shell(inputs.delete, inputs);
  },
};

/** The provider as the engine sees it. It has no configuration. */
export const commandProvider: ProviderStandIn<null> = {
  name: "command",
  version: "1.2.1",
  configure: () => null,
  resources: { "command:local:Command": command },
  functions: {
    "command:local:run": async (_client, args) => {
      const inputs = RunArguments.parse(args);
      return { ...args, ...(await shell(inputs.command, inputs)) };
    },
  },
};

async function applied(script: string | undefined, inputs: CommandInputs, properties: Properties): Promise<Properties> {
  const output = script === undefined ? { stdout: "", stderr: "" } : await shell(script, inputs);
  return { ...properties, ...output };
}

async function shell(script: string, inputs: CommandInputs): Promise<{ stdout: string; stderr: string }> {
  const child = spawn("/bin/sh", ["-c", script], {
    cwd: inputs.dir,
    env: { ...process.env, ...inputs.environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A command may end without reading its input.
  child.stdin.on("error", () => undefined).end(inputs.stdin ?? "");
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", reject);
  child.once("close", resolve);
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), promise]);
  if (code !== 0) throw new Error(`exit status ${code}: running ${JSON.stringify(script)}:\n${stderr}`);
  return { stdout: withoutLineEnd(stdout), stderr: withoutLineEnd(stderr) };
}

function withoutLineEnd(output: string): string {
  return output.replace(/\r?\n$/, "");
}
