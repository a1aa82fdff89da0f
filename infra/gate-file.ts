/** The gate file: the second approval of a text, which every `up` writes beside the running handler and without a restart. */
import { posix } from "node:path";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { gateFileContent, gateFileMac } from "../hub/gate-file.ts";
import type { Manifest } from "../hub/manifest.ts";
import {
  GATE_FILE_STATES,
  type GateFileState,
  LOOK_AT_GATE_FILE,
  REMOVE_GATE_FILE,
  WRITE_GATE_FILE,
} from "../hub/scripts/write-gate-file.ts";
import { mistake } from "./mistake.ts";

interface GateFileArgs {
  readonly manifest: Manifest;
  /** Keys the file's MAC, secret. */
  readonly authToken: pulumi.Output<string>;
}

/** What the scripts read. */
interface Environment {
  readonly HUB_GATE: string;
  readonly HUB_GATE_FILE: string;
  readonly HUB_GATE_MAC: pulumi.Output<string>;
}

const DECLARED: GateFileState = "as declared";

type Options = Pick<pulumi.CustomResourceOptions, "parent" | "provider">;

/**
 * Declares the gate file. The engine does not read back what a command did. So a preview looks at the file, and shows one that is not as
 * declared as a change of the resource (`environment.HUB_GATE_FOUND`); and an `up` writes it whatever the state says.
 *
 * @returns how the file is: as it was found in a preview, and `as declared` once an `up` has written it
 */
export function declareGateFile({ manifest, authToken }: GateFileArgs, options: Options): pulumi.Output<GateFileState> {
  const content = gateFileContent(manifest.gate);
  const environment = {
    HUB_GATE: content,
    HUB_GATE_FILE: posix.normalize(manifest.handler.gateFile),
    HUB_GATE_MAC: authToken.apply((token) => gateFileMac(content, token)),
  };
  const found = pulumi.runtime.isDryRun() ? look(environment, options) : pulumi.output(DECLARED);
  const file = new command.local.Command(
    "gate-file",
    {
      create: WRITE_GATE_FILE,
      delete: REMOVE_GATE_FILE,
      // What a preview found is compared with what an `up` leaves; the script does not read it.
      environment: { ...environment, HUB_GATE_FOUND: found },
      // A file that moves is written at its new place, and the old one is removed: nothing reads an approval there any longer.
      triggers: [environment.HUB_GATE_FILE],
    },
    options,
  );
  if (pulumi.runtime.isDryRun()) return found;
  const rewritten = file.stdout.apply(() => run(WRITE_GATE_FILE, environment, options));
  return pulumi.unsecret(rewritten).apply(() => DECLARED);
}

function look(environment: Environment, options: Options): pulumi.Output<GateFileState> {
  return pulumi.unsecret(run(LOOK_AT_GATE_FILE, environment, options)).apply((printed) => {
    const state = GATE_FILE_STATES.find((known) => known === printed);
    if (state === undefined)
      throw mistake(`hub:handler.gateFile: expected to read how the file is; found "${printed}"`);
    return state;
  });
}

/** What a script prints. Silent: the provider would log it beside the resources. */
function run(script: string, { HUB_GATE, HUB_GATE_FILE, HUB_GATE_MAC }: Environment, options: Options) {
  return HUB_GATE_MAC.apply(async (mac) => {
    const environment = { HUB_GATE, HUB_GATE_FILE, HUB_GATE_MAC: mac };
    const { stdout } = await command.local.run({ command: script, environment, logging: "none" }, options);
    return stdout;
  });
}
