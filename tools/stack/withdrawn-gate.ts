/**
 * Shuts the text gate without the program, for every number or for one. The program writes the gate file late in an `up`, so if the `up` fails before that, a withdrawn approval
 * would stay in force.
 */
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { HubConfig } from "../../hub/config/config.ts";
import { SenderKeys } from "../../hub/config/parse.ts";
import { serviceUser, transportVariables } from "../../hub/config/transport.ts";
import { declaredGates } from "../../hub/gate/declared-gates.ts";
import { gateFileContent } from "../../hub/gate/gate-file.ts";
import { gatesOn, type SenderGates } from "../../hub/gate/gates-on.ts";
import { SHUT_ON_MACHINE, SHUT_RESULTS, type ShutResult } from "../../hub/scripts/write-gate-file.ts";
import { endOf } from "../cli/child-process.ts";
import { PROJECT } from "../cli/paths.ts";
import { personPath } from "../cli/person-path.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import { readStackConfig } from "./stack-config.ts";

/** The keys that say where the gate file is. Any other key may be wrong, and may be what stopped the `up`. */
const Place = z.object({
  handler: z.object({ gateFile: HubConfig.shape.handler.shape.gateFile }),
  transport: HubConfig.shape.transport,
});

const BY_HAND = "if no text may leave, delete the gate file (hub:handler.gateFile) on the handler's machine by hand";

/**
 * Runs an `up`. If it fails, removes the approvals of the gate file on the handler's machine that the stack's config does not declare. A line on
 * standard error reports that, or why it could not be done.
 *
 * @param configFile the path of the stack's config file
 * @param up fails by throwing or by returning a status other than 0
 * @returns the status of `up`
 */
export async function shutGateUnlessDone(configFile: string, up: () => Promise<number>): Promise<number> {
  let code = 1;
  try {
    code = await up();
    return code;
  } finally {
    const line = code === 0 ? undefined : await shutAfterFailure(configFile);
    if (line !== undefined) process.stderr.write(`${line}\n`);
  }
}

/** Returns the line to print: undefined if the config declares all that the file approves, or if the gate was already shut. */
async function shutAfterFailure(configFile: string): Promise<string | undefined> {
  try {
    const { found, gateFile, problem } = await shutWithdrawnGate(configFile);
    if (found !== "removed" && found !== "some removed") return undefined;
    const reason =
      problem === undefined ? "the config does not declare the approvals that were there" : approvesNothing(problem);
    const what = found === "removed" ? `${gateFile} was removed` : `they were removed from ${gateFile}`;
    return `the text gate was shut: this up failed and ${reason}, so ${what}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The result of {@link shutWithdrawnGate}. */
export interface WithdrawnGate {
  /**
   * `approved`: the file was left alone, because the config declares every approval in it. `some removed`: the file still approves texts, or says why not, of
   * other numbers.
   */
  readonly found: Exclude<ShutResult, "nothing to remove"> | "approved";
  /** The path of the gate file on the handler's machine. */
  readonly gateFile: string;
  /** The first problem of the keys that may approve texts, if they cannot be read. They approve nothing then. */
  readonly problem?: string;
}

/** The words for a {@link WithdrawnGate.problem}. */
export function approvesNothing(problem: string): string {
  return `the config approves nothing (${problem})`;
}

/**
 * The approvals to remove: those that the config does not declare `now`, `all` of them, or those of one number, in E.164. The latter two do not ask the
 * config: the next `up` writes again what it declares.
 */
export type ToShut = "undeclared" | "all" | { readonly number: string };

/**
 * Removes approvals from the gate file on the handler's machine. A part of the config that cannot be read declares nothing. It needs no credential except
 * the transport's own.
 *
 * @param configFile the path of the stack's config file
 * @throws UserError if that could not be done; its message is one line and says what to do by hand
 */
export async function shutWithdrawnGate(configFile: string, toShut: ToShut = "undeclared"): Promise<WithdrawnGate> {
  try {
    return await shutGate(configFile, toShut);
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
    throw new UserError(`the text gate could not be shut (${reason}); ${BY_HAND}`, { cause });
  }
}

async function shutGate(configFile: string, toShut: ToShut): Promise<WithdrawnGate> {
  const { hub } = await readStackConfig(configFile);
  const place = Place.safeParse(hub);
  if (!place.success) throw new Error(`${basename(configFile)}: ${problemOf(place.error)}`);
  const { handler, transport } = place.data;
  const { gates, problem } = toShut === "undeclared" ? declaredBy(hub) : NOTHING;
  const found = await progress.run("comparing the text gate with the config", () =>
    runShut({
      HUB_GATE: gateFileContent(gates),
      HUB_GATE_FILE: handler.gateFile,
      HUB_NUMBER: typeof toShut === "object" ? toShut.number : "",
      HUB_USER: serviceUser(transport),
      ...transportVariables(transport),
    }),
  );
  const approves = Object.values(gates).some(({ open }) => open);
  return {
    found: found === "nothing to remove" ? (approves ? "approved" : "shut already") : found,
    gateFile: handler.gateFile,
    ...(problem !== undefined && { problem }),
  };
}

/** The gates that a config declares. */
interface Declared {
  readonly gates: SenderGates;
  readonly problem?: string;
}

const NOTHING: Declared = { gates: {} };

/** The gates that a config declares now. */
function declaredBy(hub: unknown): Declared {
  const { success, data, error } = SenderKeys.safeParse(hub);
  return success ? { gates: gatesOn(declaredGates(data), new Date()) } : { ...NOTHING, problem: problemOf(error) };
}

function problemOf({ issues: [issue] }: z.ZodError): string {
  return issue === undefined ? "hub: it cannot be read" : `hub:${issue.path.join(".")}: ${issue.message}`;
}

async function runShut(variables: Readonly<Record<string, string>>): Promise<ShutResult> {
  const script = spawn("/bin/sh", ["-c", SHUT_ON_MACHINE], {
    cwd: PROJECT,
    env: { ...process.env, ...personPath(), ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [{ code }, stdout, stderr] = await Promise.all([endOf(script), text(script.stdout), text(script.stderr)]);
  const result = SHUT_RESULTS.find((known) => known === stdout.trim());
  if (code === 0 && result !== undefined) return result;
  throw new Error(stderr.trim().split("\n").at(-1) || `the script ended with status ${code}`);
}
