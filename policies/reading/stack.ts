import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { parseEngineConfig } from "../../hub/config/from-engine.ts";
import { buildManifest, type Manifest } from "../../hub/manifest.ts";

/**
 * The manifest of the stack that the pack is run on, from the stack's own config and not from what the program says of itself.
 *
 * @throws ConfigError where the config is not the hub's; the engine then blocks the run
 */
export function stackManifest(): Manifest {
  return buildManifest(stackConfig());
}

/**
 * The config of the stack that the pack is run on, for the policies that look at more than the manifest holds. They look when the hub's own
 * component is registered: by then the program has read the same config, and has said in its own words what is wrong with one that it refuses.
 *
 * @throws ConfigError where the config is not the hub's; the engine then blocks the run
 */
export function stackConfig(): HubConfig {
  return parseEngineConfig(pulumi.runtime.allConfig(), "the stack's config");
}
