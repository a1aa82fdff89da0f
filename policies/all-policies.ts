import type { Policies } from "@pulumi/policy";
import { dayOf } from "../hub/guards/exceptions.ts";
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
import { tollfreeEvidence } from "./texting/tollfree-evidence.ts";

/**
 * Every policy of the pack, by its subject, before the exceptions of `hub/guards/exceptions.ts` are applied.
 *
 * @param manifest called for each resource: the stack's config reaches the pack only after it has started
 * @param now the time of the run: each policy says which day it takes it for
 */
export function allPolicies(manifest: () => Manifest, now: () => Date = () => new Date()): Policies {
  const today = () => dayOf(now());
  return [
    noSmsCampaign(manifest, now),
    tendlcEvidence(today),
    tollfreeEvidence(today),
    deferredNotBuilt(),
    webhookUrlExact(manifest),
    registeredPathApproved(manifest),
    registeredIsCandidate(manifest),
    numberKept(),
    tunnelWhole(manifest),
    webhookHostUnmoved(manifest),
    noIpFilterOnTwilio(manifest),
    docusignListRotated(today),
    manifestAgrees(manifest),
    knownCommandsOnly(manifest, now),
    knownProviders(),
    restartAuthorised(manifest, now),
    restartRecent(today),
    opReadSilent(),
    noPlaintextCredential(),
  ];
}
