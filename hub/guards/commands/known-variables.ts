/**
 * What the variables of a command must say, where the stack's config decides it: the hub's own restart takes a neighbour's process down, and its own
 * gate file approves a text, where their variables are another's.
 */
import { authorisationProblem } from "../../config/authorisation.ts";
import type { HubConfig } from "../../config/config.ts";
import { gateFileContent } from "../../gate/gate-file.ts";
import type { TendlcGate } from "../../gate/tendlc.ts";
import { hexDigits } from "../../values/canonical-json.ts";
import { found } from "../../values/values.ts";

/** The stack's config, as far as commands are held against it. */
export interface CommandContext {
  readonly config: Pick<HubConfig, "authorisation" | "handler" | "owners">;
  /** The manifest's gate. */
  readonly gate: TendlcGate;
  /** The day of the run, `YYYY-MM-DD` in UTC. */
  readonly today: string;
}

interface Expected {
  readonly value: string;
  /** The key of the config that it is. */
  readonly key: string;
}

/**
 * What is wrong with the values of a command's variables, a line each, beginning with `environment`. A restart is the one that `hub:authorisation`
 * allows: its release, its owner, its day and the hub's own process. The gate file says what the manifest says, at the place of the config.
 *
 * @param isUnknown whether a value is not known yet: a value that the config decides is a constant, so that is a problem too
 */
export function variableProblems(
  name: string,
  variables: Readonly<Record<string, unknown>>,
  context: CommandContext,
  isUnknown: (value: unknown) => boolean,
): string[] {
  const refusal = name === "restart" ? restartRefusal(context) : undefined;
  if (refusal !== undefined) return [`environment: ${refusal}`];
  return Object.entries(expectedVariables(name, context)).flatMap(([variable, { value, key }]) => {
    const given = variables[variable];
    if (given === value) return [];
    const what = isUnknown(given) ? "its value is not known in the preview" : describe(variable, given);
    return [`environment.${variable}: ${what}; expected ${key}'s`];
  });
}

/** Why nothing may be restarted at all. */
function restartRefusal({ config, today }: CommandContext): string | undefined {
  const { authorisation, owners } = config;
  if (authorisation === undefined) return "hub:authorisation is missing, and nothing else allows a restart";
  const problem = authorisationProblem(authorisation, { owners, today });
  return problem && `hub:authorisation.${problem}`;
}

function expectedVariables(name: string, { config, gate }: CommandContext): Readonly<Record<string, Expected>> {
  const { authorisation, handler } = config;
  if (name === "gate-file") {
    return {
      HUB_GATE: { value: gateFileContent(gate), key: "hub:tendlc" },
      HUB_GATE_FILE: { value: handler.gateFile, key: "hub:handler.gateFile" },
    };
  }
  if (name !== "restart" || authorisation === undefined) return {};
  return {
    HUB_AUTHORISED_BY: { value: authorisation.by, key: "hub:authorisation.by" },
    HUB_AUTHORISED_ON: { value: authorisation.on, key: "hub:authorisation.on" },
    HUB_PROCESS: { value: handler.process, key: "hub:handler.process" },
    HUB_RELEASE: { value: hexDigits(authorisation.release), key: "hub:authorisation.release" },
    HUB_RELEASES: { value: handler.releases, key: "hub:handler.releases" },
  };
}

/** A gate is long, and nothing in it tells more than that it is another. A release's digest is no secret. */
function describe(variable: string, given: unknown): string {
  if (given === undefined || given === null) return "found none";
  if (variable === "HUB_GATE") return "found another gate";
  return variable === "HUB_RELEASE" && /^[0-9a-f]{64}$/.test(String(given))
    ? `found ${given}`
    : found({ input: given });
}
