import * as pulumi from "@pulumi/pulumi";
import { parseEngineConfig } from "../../hub/config/from-engine.ts";
import { buildManifest, type Manifest } from "../../hub/manifest.ts";

/**
 * The manifest of the stack that the pack is run on, from the stack's own config and not from what the program says of itself.
 *
 * @throws ConfigError where the config is not the hub's; the engine then blocks the run
 */
export function stackManifest(): Manifest {
  return buildManifest(parseEngineConfig(pulumi.runtime.allConfig(), "the stack's config"));
}
