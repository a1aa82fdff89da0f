/**
 * The values of a command's variables that the stack's config decides. With other values, the hub's own restart could take down another
 * handler's process, and the hub's own gate file could approve a text.
 */
import { authorisationProblem } from "../../config/authorisation.ts";
import type { HubConfig } from "../../config/config.ts";
import { gateFileContent } from "../../gate/gate-file.ts";
import type { SenderGates } from "../../gate/gates-on.ts";
import { SIGNING_VARIABLES, type SigningConfig, signingVariables } from "../../signing/signing-variables.ts";
import { hexDigits } from "../../values/canonical-json.ts";
import { found } from "../../values/values.ts";
import { COMMAND_NAMES } from "./known-scripts.ts";

/** The part of the stack's config that commands are checked against. */
export interface CommandContext {
  readonly config: Pick<HubConfig, "authorisation" | "handler" | "owners"> & SigningConfig;
  /** The gates of the manifest's numbers at the time of the run. */
  readonly gates: SenderGates;
  /** The day of the run, `YYYY-MM-DD` in UTC. */
  readonly today: string;
}

interface Expected {
  /** Undefined if the variable must be absent. */
  readonly value: string | undefined;
  /** The config key of the value. */
  readonly key: string;
}

/**
 * The problems of a command's variables, a line each, beginning with `environment`. A restart must be the one that `hub:authorisation` allows:
 * its release, owner and day, and the hub's own process. The gate file must say what the manifest says, at the config's path. The Rules and Settings must
 * be those of `hub:signing`.
 *
 * @param isUnknown whether a value is not known yet. The values that the config decides are constants, so an unknown value is a problem
 */
export function variableProblems(
  name: string,
  variables: Readonly<Record<string, unknown>>,
  context: CommandContext,
  isUnknown: (value: unknown) => boolean,
): string[] {
  const refusal = refusalOf(name, context);
  if (refusal !== undefined) return [`environment: ${refusal}`];
  return Object.entries(expectedVariables(name, context)).flatMap(([variable, { value, key }]) => {
    const given = variables[variable];
    if (given === value) return [];
    const what = isUnknown(given) ? "its value is not known in the preview" : describe(variable, given);
    return [`environment.${variable}: ${what}; expected ${key}'s`];
  });
}

/** The reason why a command is not allowed at all, or undefined if it is. */
function refusalOf(name: string, context: CommandContext): string | undefined {
  if (name === COMMAND_NAMES.restart) return restartRefusal(context);
  const isUndeclared = name === COMMAND_NAMES.signing && context.config.signing === undefined;
  return isUndeclared ? "hub:signing is missing, and nothing else declares Rules" : undefined;
}

/** The reason why no restart is allowed at all, or undefined if one is. */
function restartRefusal({ config, today }: CommandContext): string | undefined {
  const { authorisation, owners } = config;
  if (authorisation === undefined) return "hub:authorisation is missing, and nothing else allows a restart";
  const problem = authorisationProblem(authorisation, { owners, today });
  return problem && `hub:authorisation.${problem}`;
}

function expectedVariables(name: string, { config, gates }: CommandContext): Readonly<Record<string, Expected>> {
  const { authorisation, handler } = config;
  if (name === COMMAND_NAMES.signing) {
    const variables = signingVariables(config) ?? {};
    // A variable that the config does not give must be absent: a proxy would get the credentials.
    return Object.fromEntries(SIGNING_VARIABLES.map((name) => [name, { value: variables[name], key: "the config" }]));
  }
  if (name === COMMAND_NAMES.gateFile) {
    return {
      HUB_GATE: { value: gateFileContent(gates), key: "hub:tendlc and hub:tollfree" },
      HUB_GATE_FILE: { value: handler.gateFile, key: "hub:handler.gateFile" },
    };
  }
  if (name !== COMMAND_NAMES.restart || authorisation === undefined) return {};
  return {
    HUB_AUTHORISED_BY: { value: authorisation.by, key: "hub:authorisation.by" },
    HUB_AUTHORISED_ON: { value: authorisation.on, key: "hub:authorisation.on" },
    HUB_PROCESS: { value: handler.process, key: "hub:handler.process" },
    HUB_RELEASE: { value: hexDigits(authorisation.release), key: "hub:authorisation.release" },
    HUB_RELEASES: { value: handler.releases, key: "hub:handler.releases" },
  };
}

/** The approvals are too long to show. A release's digest is not a secret. */
function describe(variable: string, given: unknown): string {
  if (given === undefined || given === null) return "found none";
  if (variable === "HUB_GATE") return "found other approvals";
  return variable === "HUB_RELEASE" && /^[0-9a-f]{64}$/.test(String(given))
    ? `found ${given}`
    : found({ input: given });
}
