/** The gate file: the second approval of a text, which every `up` writes beside the running handler and without a restart. */
import type * as pulumi from "@pulumi/pulumi";
import type { Transport } from "../../hub/config/transport.ts";
import { gateFileContent, gateFileMacs } from "../../hub/gate/gate-file.ts";
import type { SenderGates } from "../../hub/gate/gates-on.ts";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import {
  GATE_FILE_STATES,
  type GateFileState,
  LOOK_ON_MACHINE,
  REMOVE_ON_MACHINE,
  WRITE_ON_MACHINE,
} from "../../hub/scripts/write-gate-file.ts";
import { declareLooked } from "./looked.ts";
import type { MachineOptions } from "./transport.ts";

interface GateFileArgs {
  /** The gates of the manifest's numbers at the time of the run. */
  readonly gates: SenderGates;
  /** The file's path. */
  readonly gateFile: string;
  /** The key of the file's MACs, secret. */
  readonly gateFileKey: pulumi.Output<string>;
  readonly transport: Transport;
}

/**
 * Declares the gate file, which every `up` writes.
 *
 * @returns the file's state: in a preview as found, after an `up` `as declared`
 */
export function declareGateFile(
  { gates, gateFile, gateFileKey, transport }: GateFileArgs,
  options: MachineOptions,
): pulumi.Output<GateFileState> {
  const content = gateFileContent(gates);
  const { state } = declareLooked<GateFileState>(
    {
      name: COMMAND_NAMES.gateFile,
      look: LOOK_ON_MACHINE,
      put: WRITE_ON_MACHINE,
      putAgain: "always",
      remove: REMOVE_ON_MACHINE,
      environment: {
        HUB_GATE: content,
        HUB_GATE_FILE: gateFile,
        HUB_GATE_MAC: gateFileKey.apply((key) => gateFileMacs(content, key)),
      },
      foundVariable: "HUB_GATE_FOUND",
      states: GATE_FILE_STATES,
      declared: "as declared",
      key: "hub:handler.gateFile",
      what: "the file",
      // A file that moves is written at its new place and removed from the old one, so no approval stays behind.
      triggers: [gateFile],
    },
    transport,
    // A machine that is only renamed looks like another one: the old resource must remove the file before the new one writes it.
    { ...options, deleteBeforeReplace: true },
  );
  return state;
}
