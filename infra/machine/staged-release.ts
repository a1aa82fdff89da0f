/** The release as it is staged on the handler's machine, beside the one that runs. */
import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Transport } from "../../hub/config/transport.ts";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import { LOOK_AT_RELEASE, RELEASE_STATES, type ReleaseState } from "../../hub/scripts/look-at-release.ts";
import { STAGE_SCRIPT } from "../../hub/scripts/stage-release.ts";
import { declareCommand, type MachineOptions, printedState, runOnMachine } from "./transport.ts";

interface StagedReleaseArgs {
  readonly transport: Transport;
  /** The manifest's digest, for whoever reads the diff. */
  readonly manifest: string;
  /** The release's digest, 64 hex digits. */
  readonly release: string;
  /** The folder of all releases. */
  readonly releases: string;
}

const DECLARED: ReleaseState = "as declared";

/**
 * Declares the release. The engine does not read back what a command did. So a preview looks at it, and shows one that is gone or damaged as a
 * change of the resource (`environment.HUB_STAGED_FOUND`), as one that was not staged yet; and an `up` looks as well, and stages it again.
 *
 * @returns the resource, once the release is known to stand there whole
 */
export function declareStagedRelease(
  { transport, manifest, release, releases }: StagedReleaseArgs,
  options: MachineOptions,
): pulumi.Input<command.local.Command> {
  const environment = { HUB_RELEASE: release, HUB_RELEASES: releases };
  const run = (script: string) => runOnMachine(transport, script, environment, options);
  const look = () =>
    run(LOOK_AT_RELEASE).then((printed) =>
      printedState(RELEASE_STATES, printed, "hub:handler.releases", "the release"),
    );
  const staged = declareCommand(
    COMMAND_NAMES.stagedRelease,
    transport,
    {
      create: STAGE_SCRIPT,
      environment: {
        ...environment,
        HUB_MANIFEST: manifest,
        // What a preview found is compared with what an `up` leaves; the script does not read it.
        HUB_STAGED_FOUND: pulumi.runtime.isDryRun() ? look() : DECLARED,
      },
    },
    options,
  );
  if (pulumi.runtime.isDryRun()) return staged;
  return staged.stdout.apply(async () => {
    if ((await look()) !== DECLARED) await run(STAGE_SCRIPT);
    return staged;
  });
}
