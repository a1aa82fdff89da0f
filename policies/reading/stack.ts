/** The stack that the pack runs on, as its own config declares it: the pack does not rely on what the program reports about itself. */
import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { parseEngineConfig } from "../../hub/config/from-engine.ts";
import { buildManifest, type Manifest } from "../../hub/manifest.ts";

/**
 * The stack's manifest.
 *
 * @throws ConfigError if the config is not the hub's; the engine then blocks the run
 */
export function stackManifest(): Manifest {
  return buildManifest(stackConfig());
}

/**
 * The stack's config, for policies that need more than the manifest holds. Policies read it when the hub's component is registered or later. The
 * program has read the same config by then, and has reported an invalid one in its own words.
 *
 * @throws ConfigError if the config is not the hub's; the engine then blocks the run
 */
export function stackConfig(): HubConfig {
  return parseEngineConfig(pulumi.runtime.allConfig(), "the stack's config");
}
