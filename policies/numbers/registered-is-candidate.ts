import type { ResourceValidationPolicy } from "@pulumi/policy";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { deliver } from "../../hub/hosts/deliver.ts";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import { WEBHOOK_PROPERTIES } from "../../hub/urls/registered-url.ts";
import { candidateFinder } from "../../hub/urls/urls.ts";
import { NOT_KNOWN, readProperty } from "../reading/known-value.ts";
import { shownDigest, shownUrl } from "../reading/shown-value.ts";
import { isGiven } from "../reading/texts.ts";
import { isStagedRelease, stagedManifest } from "../running/reading/staged-release.ts";

const SECTION = "docs/domain.md#webhook-handler";

/**
 * A URL that a number registers is one that the release which is about to be staged accepts: the tunnel or the funnel delivers it, and it is a
 * candidate for each request as which it may arrive. The release is made from the manifest whose digest its command carries, so that digest is
 * the config's. An unknown value is a violation: both are constants. Satisfied by taking the URL from `registeredUrls`, and the digest from
 * `manifestDigest`, of one manifest.
 *
 * @see docs/domain.md#webhook-handler: "URL must match provider-registered URL exactly; handler uses dual-URL candidate list"
 */
export function registeredIsCandidate(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "registered-is-candidate",
    description: "A URL that a number registers is a candidate of the release that is about to be staged.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      const { type, name, props } = args;
      if (isStagedRelease(args)) {
        const problem = stagedProblem(stagedManifest(props), manifestDigest(manifest()));
        if (problem !== undefined)
          reportViolation(`${name}.environment.HUB_MANIFEST: ${problem}; stage the config's manifest (${SECTION})`);
      }
      if (type !== PHONE_NUMBER_TYPE) return;
      for (const { url } of WEBHOOK_PROPERTIES) {
        const problem = candidateProblem(manifest(), readProperty(props, url));
        if (problem !== undefined)
          reportViolation(`${name}.${url}: ${problem}; take it from registeredUrls (${SECTION})`);
      }
    },
  };
}

function stagedProblem(found: unknown, expected: string): string | undefined {
  if (found === NOT_KNOWN) return "its value is not known in the preview";
  return found === expected
    ? undefined
    : `found ${shownDigest(found)}, which is not that of the config's manifest, ${expected}`;
}

function candidateProblem(manifest: Manifest, value: unknown): string | undefined {
  if (!isGiven(value) || value === "") return undefined;
  if (value === NOT_KNOWN) return "its value is not known in the preview";
  const found = shownUrl(value, manifest);
  if (typeof value !== "string" || !URL.canParse(value)) return `${found}, which is not an absolute URL`;
  const requests = deliver(manifest, value);
  if (requests.length === 0) return `${found}, which is delivered to the handler by no host`;
  const candidates = candidateFinder(manifest);
  const refused = requests.find((request) => !candidates(request).some(({ signedUrl }) => signedUrl === value));
  return refused === undefined ? undefined : `${found}, which is no candidate for the request as which it arrives`;
}
