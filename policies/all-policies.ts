import type { Policies } from "@pulumi/policy";
import type { Manifest } from "../hub/manifest.ts";
import { docusignListRotated } from "./cloudflare/docusign-list-rotated.ts";
import { noIpFilterOnTwilio } from "./cloudflare/no-ip-filter-on-twilio.ts";
import { tunnelWhole } from "./cloudflare/tunnel-whole.ts";
import { webhookHostUnmoved } from "./cloudflare/webhook-host-unmoved.ts";
import { numberKept } from "./numbers/number-kept.ts";
import { registeredIsCandidate } from "./numbers/registered-is-candidate.ts";
import { registeredPathApproved } from "./numbers/registered-path-approved.ts";
import { webhookUrlExact } from "./numbers/webhook-url-exact.ts";
import { knownCommandsOnly } from "./running/known-commands-only.ts";
import { knownProviders } from "./running/known-providers.ts";
import { manifestAgrees } from "./running/manifest-agrees.ts";
import { restartAuthorised } from "./running/restart-authorised.ts";
import { restartRecent } from "./running/restart-recent.ts";
import { noPlaintextCredential } from "./secrets/no-plaintext-credential.ts";
import { opReadSilent } from "./secrets/op-read-silent.ts";
import { deferredNotBuilt } from "./texting/deferred-not-built.ts";
import { noSmsCampaign } from "./texting/no-sms-campaign.ts";
import { tendlcEvidence } from "./texting/tendlc-evidence.ts";

/**
 * Every policy of the pack, before the exceptions of its config.
 *
 * @param manifest gives the stack's manifest when a resource is looked at
 */
export function allPolicies(manifest: () => Manifest): Policies {
  return [
    noSmsCampaign(manifest),
    webhookUrlExact(manifest),
    numberKept(),
    tunnelWhole(manifest),
    webhookHostUnmoved(manifest),
    noIpFilterOnTwilio(manifest),
    docusignListRotated(),
    deferredNotBuilt(),
    knownProviders(),
    knownCommandsOnly(manifest),
    manifestAgrees(manifest),
    noPlaintextCredential(),
    opReadSilent(),
    registeredIsCandidate(manifest),
    registeredPathApproved(manifest),
    restartAuthorised(manifest),
    restartRecent(),
    tendlcEvidence(),
  ];
}
