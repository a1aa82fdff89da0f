/**
 * Shuts the text gate without the program. The program writes the gate file late in an `up`, so if the `up` fails before that, a withdrawn approval
 * would stay in force.
 */
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { HubConfig } from "../../hub/config/config.ts";
import { serviceUser, transportVariables } from "../../hub/config/transport.ts";
import { gateFileContent } from "../../hub/gate/gate-file.ts";
import { tendlcGate } from "../../hub/gate/tendlc.ts";
import { SHUT_ON_MACHINE, SHUT_RESULTS, type ShutResult } from "../../hub/scripts/write-gate-file.ts";
import { endOf } from "../cli/child-process.ts";
import { PROJECT } from "../cli/paths.ts";
import { personPath } from "../cli/person-path.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import { readStackConfig } from "./stack-config.ts";

/** The part of a stack's config that the gate needs. Any other key may be wrong, and may be what stopped the `up`. */
const GatePart = z.object({
  handler: HubConfig.shape.handler,
  transport: HubConfig.shape.transport,
  owners: HubConfig.shape.owners,
  tendlc: HubConfig.shape.tendlc,
});

const BY_HAND = "if no text may leave, delete the gate file (hub:handler.gateFile) on the handler's machine by hand";

/**
 * Runs an `up`. If it fails and the stack's config approves no texts, removes a gate file on the handler's machine that approves them. A line on
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

/** Returns the line to print: undefined if the config approves texts, or if the gate was already shut. */
async function shutAfterFailure(configFile: string): Promise<string | undefined> {
  try {
    const { found, gateFile } = await shutWithdrawnGate(configFile);
    if (found !== "removed") return undefined;
    return `the text gate was shut: this up failed and the config approves no texts, so ${gateFile} was removed`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The result of {@link shutWithdrawnGate}. */
export interface WithdrawnGate {
  /** `approved`: the file was left alone, because the config approves texts. */
  readonly found: ShutResult | "approved";
  /** The path of the gate file on the handler's machine. */
  readonly gateFile: string;
}

/**
 * Removes a gate file on the handler's machine that approves texts, if the stack's config approves none. It needs no credential except the
 * transport's own.
 *
 * @param configFile the path of the stack's config file
 * @throws UserError if that could not be done; its message is one line and says what to do by hand
 */
export async function shutWithdrawnGate(configFile: string): Promise<WithdrawnGate> {
  try {
    return await shutGate(configFile);
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
    throw new UserError(`the text gate could not be shut (${reason}); ${BY_HAND}`, { cause });
  }
}

async function shutGate(configFile: string): Promise<WithdrawnGate> {
  const { hub } = await readStackConfig(configFile);
  const { success, data, error } = GatePart.safeParse(hub);
  if (!success) {
    const [{ path, message } = { path: [], message: "" }] = error.issues;
    throw new Error(`${basename(configFile)}: hub:${path.join(".")}: ${message}`);
  }
  const { handler, transport, owners, tendlc } = data;
  const gate = tendlcGate(tendlc, owners);
  if (gate.open) return { found: "approved", gateFile: handler.gateFile };
  const found = await progress.run("shutting the text gate", () =>
    runShut({
      HUB_GATE: gateFileContent(gate),
      HUB_GATE_FILE: handler.gateFile,
      HUB_USER: serviceUser(transport),
      ...transportVariables(transport),
    }),
  );
  return { found, gateFile: handler.gateFile };
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
