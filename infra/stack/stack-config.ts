import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { parseEngineConfig } from "../../hub/config/from-engine.ts";
import { ConfigError } from "../../hub/config/parse.ts";
import { gatesOn, type SenderGates } from "../../hub/gate/gates-on.ts";
import { buildManifest, type Manifest } from "../../hub/manifest.ts";
import { mistake } from "./mistake.ts";

/** The config and the manifest of the stack that runs, and its gates: the run has one time, so that its parts cannot disagree about the day. */
export interface Stack {
  readonly config: HubConfig;
  readonly manifest: Manifest;
  readonly now: Date;
  /** The gates of the manifest's numbers at that time. */
  readonly gates: SenderGates;
}

/**
 * Reads the config of the stack that runs.
 *
 * @param now the time of the run
 * @throws RunError naming every key that is missing, unknown or wrong. The engine shows its message without a stack trace
 */
export function readStack(now = new Date()): Stack {
  try {
    const config = parseEngineConfig(pulumi.runtime.allConfig(), `Pulumi.${pulumi.getStack()}.yaml`);
    const manifest = buildManifest(config);
    return { config, manifest, now, gates: gatesOn(manifest.gates, now) };
  } catch (error) {
    if (error instanceof ConfigError) throw mistake(error.message);
    throw error;
  }
}
