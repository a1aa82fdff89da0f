/** The policy pack's entry. Constructing the pack starts its server, so nothing imports this file. */
import { PolicyPack } from "@pulumi/policy";
import type { Manifest } from "../hub/manifest.ts";
import { noSmsCampaign } from "./no-sms-campaign.ts";
import { stackManifest } from "./stack-manifest.ts";
import { webhookUrlExact } from "./webhook-url-exact.ts";

let manifest: Manifest | undefined;
/** Read when the first resource is looked at: the stack's config reaches the pack after its start. */
const lazily = (): Manifest => {
  manifest ??= stackManifest();
  return manifest;
};

new PolicyPack("twilio-hub", { policies: [noSmsCampaign(lazily), webhookUrlExact(lazily)] });
