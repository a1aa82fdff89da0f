/** The machine of a stack with `hub:signing`, and its place. */
import type { HubConfig } from "../../../hub/config/config.ts";
import type { LoopbackCloud } from "../../../loopback/cloud.ts";

/** A machine on which the release of a config can be made to run. */
export interface SigningMachine {
  /** The variables with which its programs are found. */
  readonly environment: Readonly<Record<string, string>>;
  /** Does what an authorised restart does: the release of the config runs. */
  restart(config: HubConfig): Promise<void>;
  close(): Promise<void>;
}

/** The part of a stack that a machine is made for. */
export interface MachinePlace {
  readonly cloud: LoopbackCloud;
  readonly folder: string;
  editConfig(edit: (config: Record<string, unknown>) => void): Promise<void>;
}
