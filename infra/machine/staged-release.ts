/** The release as it is staged on the handler's machine, beside the running one. */
import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Transport } from "../../hub/config/transport.ts";
import { COMMAND_NAMES } from "../../hub/guards/commands/known-scripts.ts";
import { LOOK_AT_RELEASE, RELEASE_STATES, type ReleaseState } from "../../hub/scripts/look-at-release.ts";
import { STAGE_SCRIPT } from "../../hub/scripts/stage-release.ts";
import { declareLooked } from "./looked.ts";
import type { MachineOptions } from "./transport.ts";

interface StagedReleaseArgs {
  readonly transport: Transport;
  /** The manifest's digest, shown in the resource's diff. */
  readonly manifest: string;
  /** The release's digest, 64 hex digits. */
  readonly release: string;
  /** The folder of all releases. */
  readonly releases: string;
}

/**
 * Declares the release. An `up` stages it again if it finds it gone or damaged.
 *
 * @returns the resource; in an `up` once the release is whole on the machine
 */
export function declareStagedRelease(
  { transport, manifest, release, releases }: StagedReleaseArgs,
  options: MachineOptions,
): pulumi.Output<command.local.Command> {
  const { resource, state } = declareLooked<ReleaseState>(
    {
      name: COMMAND_NAMES.stagedRelease,
      look: LOOK_AT_RELEASE,
      put: STAGE_SCRIPT,
      putAgain: "if needed",
      environment: { HUB_RELEASE: release, HUB_RELEASES: releases },
      shown: { HUB_MANIFEST: manifest },
      foundVariable: "HUB_STAGED_FOUND",
      states: RELEASE_STATES,
      declared: "as declared",
      key: "hub:handler.releases",
      what: "the release",
    },
    transport,
    options,
  );
  return state.apply(() => resource);
}
