import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { manifestDigest } from "../hub/digest.ts";
import type { Manifest } from "../hub/manifest.ts";
import { COMPONENT_TYPES } from "../hub/resource-types.ts";
import type { Release } from "./release.ts";

interface DeploymentArgs {
  readonly manifest: Manifest;
  readonly release: Release;
  /** The folder that holds a folder for each release, absolute or from the project's top. */
  readonly releases: string;
}

/**
 * Puts a release beside the others under the name of its digest. It appears whole or not at all, and one that is there already is only
 * checked. It moves nothing that runs.
 */
const STAGE = `set -eu
while [ ! -f Pulumi.yaml ]; do [ "$PWD" != / ] || { echo "not inside the project" >&2; exit 1; }; cd ..; done
target="$HUB_RELEASES/$HUB_RELEASE"
if [ ! -e "$target" ]; then
  mkdir -p "$HUB_RELEASES"
  unfinished="$(mktemp -d "$HUB_RELEASES/.unfinished.XXXXXX")"
  trap 'rm -rf "$unfinished"' EXIT
  cp ".hub/build/$HUB_RELEASE/"* "$unfinished"
  chmod 755 "$unfinished"
  mv "$unfinished" "$target"
fi
cd "$target"
sha256sum --check --quiet SHA256SUMS
[ "$(sha256sum SHA256SUMS | cut -d ' ' -f 1)" = "$HUB_RELEASE" ]`;

/** Stages the handler's release: bundled with the manifest inside, addressed by its content, staged beside the running one. */
export class Deployment extends pulumi.ComponentResource {
  constructor(name: string, { manifest, release, releases }: DeploymentArgs, options: pulumi.ComponentResourceOptions) {
    super(COMPONENT_TYPES.deployment, name, {}, options);
    new command.local.Command(
      "staged-release",
      {
        create: STAGE,
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
