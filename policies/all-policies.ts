import type { Policies } from "@pulumi/policy";
import type { Manifest } from "../hub/manifest.ts";
import { deferredNotBuilt } from "./deferred-not-built.ts";
import { docusignListRotated } from "./docusign-list-rotated.ts";
import { knownCommandsOnly } from "./known-commands-only.ts";
import { knownProviders } from "./known-providers.ts";
import { manifestAgrees } from "./manifest-agrees.ts";
import { noIpFilterOnTwilio } from "./no-ip-filter-on-twilio.ts";
import { noPlaintextCredential } from "./no-plaintext-credential.ts";
import { noSmsCampaign } from "./no-sms-campaign.ts";
import { numberKept } from "./number-kept.ts";
import { opReadSilent } from "./op-read-silent.ts";
import { registeredIsCandidate } from "./registered-is-candidate.ts";
import { registeredPathApproved } from "./registered-path-approved.ts";
import { restartAuthorised } from "./restart-authorised.ts";
import { restartRecent } from "./restart-recent.ts";
import { tendlcEvidence } from "./tendlc-evidence.ts";
import { tunnelWhole } from "./tunnel-whole.ts";
import { webhookHostUnmoved } from "./webhook-host-unmoved.ts";
import { webhookUrlExact } from "./webhook-url-exact.ts";

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
