/** What keeps a withdrawn approval from outliving the change that withdraws it: the program writes the gate file, and only in an `up` that gets there. */
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

/** What the gate needs of a stack's config: the rest may be what stopped the `up`. */
const GatePart = z.object({
  handler: HubConfig.shape.handler,
  transport: HubConfig.shape.transport,
  owners: HubConfig.shape.owners,
  tendlc: HubConfig.shape.tendlc,
});

const BY_HAND = "where no text may leave, delete the gate file (hub:handler.gateFile) on the handler's machine by hand";

/**
 * Runs an `up`. Where it ends with another status than 0, or throws, and the stack's config approves no text, no gate file that approves one is left
 * on the handler's machine; one line on the standard error says so, or why that could not be done.
 *
 * @param configFile the stack's config file
 * @returns the status of `up`
 */
export async function shutGateUnlessDone(configFile: string, up: () => Promise<number>): Promise<number> {
  let code = 1;
  try {
    code = await up();
    return code;
  } finally {
    const line = code === 0 ? undefined : await afterBadEnd(configFile);
    if (line !== undefined) process.stderr.write(`${line}\n`);
  }
}

/** What there is to say: nothing where the config approves, or where the gate was shut already. */
async function afterBadEnd(configFile: string): Promise<string | undefined> {
  try {
    const { found, gateFile } = await shutWithdrawnGate(configFile);
    if (found !== "removed") return undefined;
    return `the gate of texts was shut: this up did not end well and the config approves no text, so ${gateFile} was removed`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** How the gate is after {@link shutWithdrawnGate}: removed by it, shut before, or left alone since the config approves texts. */
export interface WithdrawnGate {
  readonly found: ShutResult | "approved";
  /** The gate file's place on the handler's machine. */
  readonly gateFile: string;
}

/**
 * Sees to it that no gate file on the handler's machine approves a text where the stack's config approves none: one that does is removed. It
 * needs no credential but the transport's own.
 *
 * @param configFile the stack's config file
 * @throws UserError in one line, with what to do by hand, where that could not be done
 */
export async function shutWithdrawnGate(configFile: string): Promise<WithdrawnGate> {
  try {
    return await shutGate(configFile);
  } catch (cause) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\s+/g, " ").trim();
    throw new UserError(`the gate of texts could not be shut (${reason}); ${BY_HAND}`, { cause });
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
  const found = await progress.run("shutting the gate of texts", () =>
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
