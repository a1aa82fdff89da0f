import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { manifestDigest } from "../hub/digest.ts";
import type { Manifest } from "../hub/manifest.ts";
import { COMPONENT_TYPES } from "../hub/resource-types.ts";
import { STAGE_SCRIPT } from "../hub/scripts/stage-release.ts";
import type { GateFileState } from "../hub/scripts/write-gate-file.ts";
import { declareGateFile } from "./gate-file.ts";
import type { Release } from "./release.ts";

interface DeploymentArgs {
  readonly manifest: Manifest;
  readonly release: Release;
  /** The folder that holds a folder for each release, absolute or from the project's top. */
  readonly releases: string;
  /** Keys the gate file's MAC, secret. */
  readonly authToken: pulumi.Output<string>;
}

type DeploymentOptions = pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource };

/**
 * Stages the handler's release: bundled with the manifest inside, addressed by its content, staged beside the running one. Writes the gate
 * file, which the running one reads.
 */
export class Deployment extends pulumi.ComponentResource {
  /** How the gate file is. */
  readonly gateFile: pulumi.Output<GateFileState>;

  constructor(name: string, { manifest, release, releases, authToken }: DeploymentArgs, options: DeploymentOptions) {
    super(COMPONENT_TYPES.deployment, name, {}, options);
    const child = { parent: this, provider: options.provider };
    this.gateFile = declareGateFile({ manifest, authToken }, child);
    new command.local.Command(
      "staged-release",
      {
        create: STAGE_SCRIPT,
        environment: {
          HUB_MANIFEST: manifestDigest(manifest),
          HUB_RELEASE: release.digest.replace("sha256:", ""),
          HUB_RELEASES: releases,
        },
      },
      { parent: this },
    );
    this.registerOutputs({ releaseDigest: release.digest });
  }
}
