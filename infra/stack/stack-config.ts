import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { parseEngineConfig } from "../../hub/config/from-engine.ts";
import { ConfigError } from "../../hub/config/parse.ts";
import { buildManifest, type Manifest } from "../../hub/manifest.ts";
import { mistake } from "./mistake.ts";

/** The config and the manifest of the stack that runs. */
export interface Stack {
  readonly config: HubConfig;
  readonly manifest: Manifest;
}

/**
 * Reads the config of the stack that runs.
 *
 * @throws RunError naming every key that is missing, unknown or wrong. The engine shows its message without a stack trace
 */
export function readStack(): Stack {
  try {
    const config = parseEngineConfig(pulumi.runtime.allConfig(), `Pulumi.${pulumi.getStack()}.yaml`);
    return { config, manifest: buildManifest(config) };
  } catch (error) {
    if (error instanceof ConfigError) throw mistake(error.message);
    throw error;
  }
}
