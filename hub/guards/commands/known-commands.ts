/**
 * The commands that may run on a machine, for the policy pack and for the program's own guard: a run without the pack does not get around it.
 * Each is the hub's own: a child of its deployment with a known name, scripts of a known SHA-256, and variables of known names whose values are
 * those of the stack's config.
 */
import { KNOWN_COMMANDS, type KnownCommand, LOCAL_COMMAND_TYPE, SCRIPT_INPUTS, scriptDigest } from "./known-scripts.ts";
import { type CommandContext, variableProblems } from "./known-variables.ts";

/** A declared command. */
export interface GivenCommand {
  readonly type: string;
  /** The resource's name. */
  readonly name: string;
  /** Whether it is a child of the hub's deployment. */
  readonly isOfDeployment: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Whether an input's value is not known yet. An unknown script is refused: the hub's are constants. */
  readonly isUnknown: (value: unknown) => boolean;
}

/** The inputs that a command of the hub may have. Others can change what runs, or where: `interpreter`, `dir`, `stdin`, `connection`. */
const INPUTS: readonly string[] = [...SCRIPT_INPUTS, "environment", "triggers", "logging", "addPreviousOutputInEnv"];
const SEE = "see hub/guards/commands/known-scripts.ts (docs/domain.md#no-restart-without-authorisation)";

/** Whether a type runs commands, on this machine or on another (https://www.pulumi.com/registry/packages/command/). */
export function isCommand(type: string): boolean {
  return type.startsWith("command:");
}

/** The reasons why a command may not run, a line each; none if it is the hub's own. A script may hold a secret, so a line shows its digest. */
export function commandProblems(given: GivenCommand, context: CommandContext): string[] {
  const { type, name, isOfDeployment } = given;
  const known = KNOWN_COMMANDS.find((command) => command.name === name);
  if (known === undefined || type !== LOCAL_COMMAND_TYPE || !isOfDeployment)
    return [`${name}: ${type} is not a command of the hub's deployment; remove it, or ${SEE}`];
  const problems = [
    ...scriptProblems(known, given),
    ...inputProblems(given),
    ...environmentProblems(known, given),
    ...valueProblems(given, context),
  ];
  return problems.map((problem) => `${name}.${problem}; ${SEE}`);
}

function scriptProblems({ digests }: KnownCommand, { inputs, isUnknown }: GivenCommand): string[] {
  return SCRIPT_INPUTS.flatMap((input) => {
    const [script, expected] = [inputs[input], digests[input]];
    const wanted = expected === undefined ? "expected none" : `expected the script with the SHA-256 ${expected}`;
    if (isUnknown(script)) return [`${input}: the script is not known in the preview; ${wanted}`];
    if (!isGiven(script)) return expected === undefined ? [] : [`${input}: found no script; ${wanted}`];
    if (typeof script !== "string") return [`${input}: found a value that is not text; ${wanted}`];
    const found = scriptDigest(script);
    return found === expected ? [] : [`${input}: found a script with the SHA-256 ${found}; ${wanted}`];
  });
}

function inputProblems({ inputs }: GivenCommand): string[] {
  return Object.keys(inputs)
    .filter((input) => isGiven(inputs[input]) && !INPUTS.includes(input))
    .map((input) => `${input}: is set, and can change what runs; remove it`);
}

function environmentProblems({ environment }: KnownCommand, { inputs, isUnknown }: GivenCommand): string[] {
  const given = inputs.environment;
  if (isUnknown(given))
    return ["environment: the variables' names are not known in the preview; name them in the program"];
  if (typeof given !== "object" || given === null) return [];
  return Object.keys(given)
    .filter((variable) => !environment.includes(variable))
    .map(
      (variable) =>
        `environment.${variable}: is not one of the script's variables (${environment.join(", ")}); remove it`,
    );
}

/** The problems of a command's variables, see `known-variables.ts`. If their names are not known there are none: that is reported already. */
export function valueProblems({ name, inputs, isUnknown }: GivenCommand, context: CommandContext): string[] {
  const { environment } = inputs;
  if (isUnknown(environment)) return [];
  const variables = typeof environment === "object" && environment !== null ? { ...environment } : {};
  return variableProblems(name, variables, context, isUnknown);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
