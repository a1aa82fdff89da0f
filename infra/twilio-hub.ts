import * as cloudflare from "@pulumi/cloudflare";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as twilio from "@pulumi/twilio";
import { manifestDigest } from "../hub/manifest.ts";
import { COMPONENT_TYPES } from "../hub/resource-types.ts";
import type { TendlcGate } from "../hub/tendlc.ts";
import { type RegisteredUrls, registeredUrls } from "../hub/urls.ts";
import { Deployment } from "./deployment.ts";
import { requireDeclaredIngress } from "./live-ingress.ts";
import { Numbers } from "./numbers.ts";
import { Secrets } from "./secrets.ts";
import type { Stack } from "./stack-config.ts";
import { Tunnel } from "./tunnel.ts";

/**
 * The voice and text hub: the tunnel's routes, the numbers' webhooks, the secrets that a deployment needs and the handler's release, all
 * from one manifest. Nothing is changed before the live ingress was found to hold no rule that applying it would wipe out.
 */
export class TwilioHub extends pulumi.ComponentResource {
  /** The URLs that Twilio is told, by number in E.164. */
  readonly registeredUrls: Readonly<Record<string, RegisteredUrls>>;
  readonly manifestDigest: string;
  readonly releaseDigest: pulumi.Output<string>;
  readonly gate: TendlcGate;

  constructor(name: string, { config, manifest }: Stack, options?: pulumi.ComponentResourceOptions) {
    super(COMPONENT_TYPES.hub, name, {}, options);
    const child = { parent: this };

    const commandProvider = new command.Provider("command", {}, child);
    const secrets = new Secrets("secrets", config, { ...child, provider: commandProvider });
    const cloudflareProvider = new cloudflare.Provider(
      "cloudflare",
      { apiToken: secrets.cloudflareApiToken, ...(config.endpoints && { baseUrl: config.endpoints.cloudflare }) },
      child,
    );
    const twilioProvider = new twilio.Provider(
      "twilio",
      { username: secrets.accountSid, password: secrets.authToken, accountSid: secrets.accountSid },
      child,
    );

    const checked = { dependsOn: requireDeclaredIngress(manifest, config.cloudflare, cloudflareProvider) };
    new Tunnel(
      "tunnel",
      { manifest, account: config.cloudflare },
      { ...child, provider: cloudflareProvider, ...checked },
    );
    new Numbers(
      "numbers",
      { manifest, accountSid: secrets.accountSid },
      { ...child, provider: twilioProvider, ...checked },
    );
    const deployment = new Deployment(
      "deployment",
      { manifest, releases: config.handler.releases },
      { ...child, provider: commandProvider, ...checked },
    );

    this.registeredUrls = Object.fromEntries(
      manifest.numbers.map(({ number }) => [number, registeredUrls(manifest, number)]),
    );
    this.manifestDigest = manifestDigest(manifest);
    this.releaseDigest = deployment.releaseDigest;
    this.gate = manifest.gate;
    this.registerOutputs({
      registeredUrls: this.registeredUrls,
      manifestDigest: this.manifestDigest,
      releaseDigest: this.releaseDigest,
      gate: this.gate,
    });
  }
}
