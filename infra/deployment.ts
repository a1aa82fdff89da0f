import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { manifestDigest } from "../hub/digest.ts";
import type { Manifest } from "../hub/manifest.ts";
import { COMPONENT_TYPES } from "../hub/resource-types.ts";
import type { Release } from "./release.ts";
import { STAGE_SCRIPT } from "./stage-script.ts";

interface DeploymentArgs {
  readonly manifest: Manifest;
  readonly release: Release;
  /** The folder that holds a folder for each release, absolute or from the project's top. */
  readonly releases: string;
}

/** Stages the handler's release: bundled with the manifest inside, addressed by its content, staged beside the running one. */
export class Deployment extends pulumi.ComponentResource {
  constructor(name: string, { manifest, release, releases }: DeploymentArgs, options: pulumi.ComponentResourceOptions) {
    super(COMPONENT_TYPES.deployment, name, {}, options);
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
