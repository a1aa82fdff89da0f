import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import type { GateFileState } from "../../hub/scripts/write-gate-file.ts";
import { hexDigits } from "../../hub/values/canonical-json.ts";
import type { Release } from "../release/release.ts";
import { declareFunnel } from "./funnel.ts";
import { declareGateFile } from "./gate-file.ts";
import { declareMachineCheck } from "./machine-check.ts";
import { declareRestart, waitingFor } from "./restart.ts";
import { declareStagedRelease } from "./staged-release.ts";
import type { MachineOptions } from "./transport.ts";

interface DeploymentArgs {
  readonly config: Pick<HubConfig, "handler" | "transport" | "authorisation" | "owners">;
  readonly manifest: Manifest;
  readonly release: Release;
  /** Keys the gate file's MAC, secret. */
  readonly authToken: pulumi.Output<string>;
}

type DeploymentOptions = pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource };

/**
 * What happens on the handler's machine. It is looked at first. Then the release is staged beside the running one: bundled with the manifest
 * inside, and addressed by its content. The gate file is written, which the running one reads, and the funnel's mounts are set where the config
 * says so. Only an authorisation moves what runs.
 */
export class Deployment extends pulumi.ComponentResource {
  /** How the gate file is. */
  readonly gateFile: pulumi.Output<GateFileState>;
  /** What waits for a person, or `nothing`. It is known once the restart is carried out: an attempt that fails leaves it as it was. */
  readonly waitingFor: pulumi.Output<string>;

  constructor(name: string, { config, manifest, release, authToken }: DeploymentArgs, options: DeploymentOptions) {
    super(COMPONENT_TYPES.deployment, name, {}, options);
    const { transport, authorisation, owners } = config;
    const { releases, process } = config.handler;
    const child = { parent: this, provider: options.provider };
    const check = declareMachineCheck({ transport, releases, funnel: manifest.hosts.funnel }, child);
    const checked: MachineOptions = { ...child, dependsOn: [check] };
    // A machine that lacks something must not keep a withdrawn approval alive: what shuts the gate waits for nothing.
    this.gateFile = declareGateFile({ manifest, authToken, transport }, manifest.gate.open ? checked : child);
    const staged = declareStagedRelease(
      { transport, manifest: manifestDigest(manifest), release: hexDigits(release.digest), releases },
      checked,
    );
    declareFunnel(manifest, transport, checked);
    const restart =
      authorisation && declareRestart({ transport, authorisation, releases, process }, { ...child, dependsOn: staged });
    const words = waitingFor(release.digest, authorisation, { owners, stack: pulumi.getStack() });
    this.waitingFor = restart === undefined ? pulumi.output(words) : restart.resource.id.apply(() => words);
    this.registerOutputs({
      releaseDigest: release.digest,
      waitingFor: this.waitingFor,
      // The policy `restart-recent` reads it: an authorisation that was carried out may be of any age.
      ...(restart && { authorisation: restart.authorisation }),
    });
  }
}
