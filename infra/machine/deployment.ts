import * as pulumi from "@pulumi/pulumi";
import type { HubConfig } from "../../hub/config/config.ts";
import type { SenderGates } from "../../hub/gate/gates-on.ts";
import { COMPONENT_TYPES } from "../../hub/guards/resource-types.ts";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import type { GateFileState } from "../../hub/scripts/write-gate-file.ts";
import { hexDigits } from "../../hub/values/canonical-json.ts";
import type { Release } from "../release/release.ts";
import type { SigningState } from "../signing/live-signing.ts";
import { declareFunnel } from "./funnel.ts";
import { declareGateFile } from "./gate-file.ts";
import { declareMachineCheck } from "./machine-check.ts";
import { declareRestart, waitingFor } from "./restart.ts";
import { declareSigningRules, type SigningArgs } from "./signing-rules.ts";
import { declareStagedRelease } from "./staged-release.ts";
import type { MachineOptions } from "./transport.ts";

interface DeploymentArgs {
  readonly config: Pick<HubConfig, "authorisation" | "owners"> & SigningArgs["config"];
  readonly manifest: Manifest;
  /** The gates of the manifest's numbers at the time of the run. */
  readonly gates: SenderGates;
  readonly release: Release;
  /** Whether Twilio has the declared Rules and Settings. */
  readonly signing: SigningState;
  /** The key of the gate file's MAC, secret. */
  readonly gateFileKey: pulumi.Output<string>;
}

type DeploymentOptions = pulumi.ComponentResourceOptions & { readonly provider: pulumi.ProviderResource };

/**
 * The deployment on the handler's machine. First the machine is checked. Then the release is staged beside the running one: it is bundled with the
 * manifest and named by its content. The gate file, which the running release reads, is written, and the funnel's mounts are set if the config
 * says so. Only an authorisation changes the running release. The Rules at Twilio come last, since the running release must accept their keys.
 */
export class Deployment extends pulumi.ComponentResource {
  /** The state of the gate file. */
  readonly gateFile: pulumi.Output<GateFileState>;
  /** The action that a person must take, or `nothing`. It is known once the restart is done: a failed attempt leaves the old value. */
  readonly waitingFor: pulumi.Output<string>;

  constructor(
    name: string,
    { config, manifest, gates, release, signing, gateFileKey }: DeploymentArgs,
    options: DeploymentOptions,
  ) {
    super(COMPONENT_TYPES.deployment, name, {}, options);
    const { transport, authorisation, owners } = config;
    const { releases, process, gateFile } = config.handler;
    const child = { parent: this, provider: options.provider };
    const check = declareMachineCheck({ transport, releases, funnel: manifest.hosts.funnel }, child);
    const checked: MachineOptions = { ...child, dependsOn: [check] };
    // A machine that is not ready must not keep a withdrawn approval alive, so a file that approves nothing does not wait for the check.
    const approves = Object.values(gates).some(({ open }) => open);
    this.gateFile = declareGateFile({ gates, gateFile, gateFileKey, transport }, approves ? checked : child);
    const staged = declareStagedRelease(
      { transport, manifest: manifestDigest(manifest), release: hexDigits(release.digest), releases },
      checked,
    );
    declareFunnel(manifest, transport, checked);
    const restart =
      authorisation && declareRestart({ transport, authorisation, releases, process }, { ...child, dependsOn: staged });
    // A Rule must not use a key before the release that accepts it runs.
    const running = restart === undefined ? staged : restart.resource;
    declareSigningRules({ config, found: signing }, { ...child, dependsOn: running });
    const words = waitingFor(release.digest, authorisation, { owners, stack: pulumi.getStack() });
    this.waitingFor = restart === undefined ? pulumi.output(words) : restart.resource.id.apply(() => words);
    this.registerOutputs({
      releaseDigest: release.digest,
      waitingFor: this.waitingFor,
      // The policy `restart-recent` reads it: an authorisation that was carried out may have any age.
      ...(restart && { authorisation: restart.authorisation }),
    });
  }
}
