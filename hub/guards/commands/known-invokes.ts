/**
 * The provider functions that the program may call. A call is not a resource: no policy and no plan shows it, and `command:local:run` runs any
 * text on the engine's machine, even in a preview.
 */
import { z } from "zod";
import { readSecretCommand } from "../../scripts/read-secret.ts";
import { OpReference } from "../../values/values.ts";
import { providerProblems } from "../known-providers.ts";
import { KNOWN_COMMANDS, scriptDigest } from "./known-scripts.ts";
import { type CommandContext, variableProblems } from "./known-variables.ts";

/** Runs a command on the engine's machine. */
export const RUN_COMMAND = "command:local:run";

/** The run in which a call is made. */
export interface InvokeRun {
  /** A preview changes nothing, so a script that writes is refused there. */
  readonly isPreview: boolean;
  /** The data that the variables of the hub's scripts are checked against. */
  readonly context: CommandContext;
}

/** A call of a provider's function, as the engine gets it. */
export interface Invoke {
  /** The function's token. */
  readonly token: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The call's options for the plugin. */
  readonly opts: { readonly version?: string | undefined; readonly pluginDownloadURL?: string | undefined };
}

const SEE = "see hub/guards/commands/known-invokes.ts (docs/domain.md#feedback-rules)";

/** The arguments a command may have. Any other can change what runs, or where. */
const Run = z.strictObject({
  command: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  logging: z.literal("none"),
});
type Run = z.infer<typeof Run>;

/** The reason why a function may not be called, in one line, or undefined if it may. A command may hold a secret, so only its digest is shown. */
export function invokeProblem({ token, args, opts }: Invoke, inRun: InvokeRun): string | undefined {
  const [problem] = [...pluginProblems(token, opts), ...argumentProblems(token, args, inRun)];
  return problem === undefined ? undefined : `the program may not call ${token}: ${problem}; ${SEE}`;
}

function pluginProblems(token: string, { version, pluginDownloadURL }: Invoke["opts"]): string[] {
  return providerProblems(token.split(":")[0] ?? "", { version, pluginDownloadURL }, undefined);
}

function argumentProblems(token: string, args: Invoke["args"], inRun: InvokeRun): string[] {
  if (token !== RUN_COMMAND) return ["it is not one of the functions that the hub calls"];
  const run = Run.safeParse(args);
  if (run.success) return commandProblems(run.data, inRun);
  return [`${run.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim()).join(", ")}`];
}

function commandProblems({ command, environment }: Run, { isPreview, context }: InvokeRun): string[] {
  const names = Object.keys(environment);
  if (readsOneSecret(command)) return names.length === 0 ? [] : [foreign(names)];
  const digest = scriptDigest(command);
  const known = KNOWN_COMMANDS.find(({ runs }) => runs?.looks?.includes(digest) || runs?.write === digest);
  if (known === undefined) return [`the command with the SHA-256 ${digest} is not one that the program runs itself`];
  if (isPreview && known.runs?.write === digest) return [`${known.name} writes, and this is a preview`];
  const others = names.filter((name) => !known.environment.includes(name));
  if (others.length > 0) return [foreign(others)];
  return variableProblems(known.name, environment, context, () => false);
}

function foreign(names: readonly string[]): string {
  return `environment ${names.join(", ")} is not read by the command, and can change what runs`;
}

/** Whether a command is exactly the one with which `infra/secrets.ts` reads a secret. */
function readsOneSecret(command: string): boolean {
  const { data: reference } = OpReference.safeParse(/'([^']*)'/.exec(command)?.[1]);
  return reference !== undefined && command === readSecretCommand(reference);
}
