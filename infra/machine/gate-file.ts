/** The gate file: the second approval of a text, which every `up` writes beside the running handler and without a restart. */
import * as pulumi from "@pulumi/pulumi";
import type { Transport } from "../../hub/config/transport.ts";
import { gateFileContent, gateFileMac } from "../../hub/gate/gate-file.ts";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import type { Manifest } from "../../hub/manifest.ts";
import {
  GATE_FILE_STATES,
  type GateFileState,
  LOOK_ON_MACHINE,
  REMOVE_ON_MACHINE,
  WRITE_ON_MACHINE,
} from "../../hub/scripts/write-gate-file.ts";
import { declareCommand, type MachineOptions, printedState, runOnMachine } from "./transport.ts";

interface GateFileArgs {
  readonly manifest: Manifest;
  /** Keys the file's MAC, secret. */
  readonly authToken: pulumi.Output<string>;
  readonly transport: Transport;
}

/** What the scripts read. */
interface Environment {
  readonly HUB_GATE: string;
  readonly HUB_GATE_FILE: string;
  readonly HUB_GATE_MAC: pulumi.Output<string>;
}

const DECLARED: GateFileState = "as declared";

/**
 * Declares the gate file. The engine does not read back what a command did. So a preview looks at the file, and shows one that is not as
 * declared as a change of the resource (`environment.HUB_GATE_FOUND`); and an `up` writes it whatever the state says.
 *
 * @returns how the file is: as it was found in a preview, and `as declared` once an `up` has written it
 */
export function declareGateFile(
  { manifest, authToken, transport }: GateFileArgs,
  options: MachineOptions,
): pulumi.Output<GateFileState> {
  const content = gateFileContent(manifest.gate);
  const environment = {
    HUB_GATE: content,
    HUB_GATE_FILE: manifest.handler.gateFile,
    HUB_GATE_MAC: authToken.apply((token) => gateFileMac(content, token)),
  };
  const run = (script: string) => runScript(transport, script, environment, options);
  const found = pulumi.runtime.isDryRun() ? stateOf(run(LOOK_ON_MACHINE)) : pulumi.output(DECLARED);
  const file = declareCommand(
    COMMAND_NAMES.gateFile,
    transport,
    {
      create: WRITE_ON_MACHINE,
      delete: REMOVE_ON_MACHINE,
      // What a preview found is compared with what an `up` leaves; the script does not read it.
      environment: { ...environment, HUB_GATE_FOUND: found },
      // A file that moves is written at its new place, and the old one is removed: nothing reads an approval there any longer.
      triggers: [environment.HUB_GATE_FILE],
    },
    // A new name of the same machine looks like another one: what the old resource removes must be gone before the new one writes it.
    { ...options, deleteBeforeReplace: true },
  );
  if (pulumi.runtime.isDryRun()) return found;
  const rewritten = file.stdout.apply(() => run(WRITE_ON_MACHINE));
  return pulumi.unsecret(rewritten).apply(() => DECLARED);
}

function stateOf(output: pulumi.Output<string>): pulumi.Output<GateFileState> {
  return pulumi
    .unsecret(output)
    .apply((printed) => printedState(GATE_FILE_STATES, printed, "hub:handler.gateFile", "the file"));
}

function runScript(
  transport: Transport,
  script: string,
  { HUB_GATE, HUB_GATE_FILE, HUB_GATE_MAC }: Environment,
  options: MachineOptions,
): pulumi.Output<string> {
  return HUB_GATE_MAC.apply((mac) =>
    runOnMachine(transport, script, { HUB_GATE, HUB_GATE_FILE, HUB_GATE_MAC: mac }, options),
  );
}
