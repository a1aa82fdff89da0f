import type { ResourceValidationPolicy } from "@pulumi/policy";
import { PHONE_NUMBER_TYPE } from "../../hub/guards/resource-types.ts";
import { deliver } from "../../hub/hosts/deliver.ts";
import { type Manifest, manifestDigest } from "../../hub/manifest.ts";
import { WEBHOOK_PROPERTIES } from "../../hub/urls/registered-url.ts";
import { candidateFinder } from "../../hub/urls/urls.ts";
import { isGiven, NOT_KNOWN, readProperty } from "../reading/known-value.ts";
import { shown, shownDigest, shownUrl } from "../reading/shown-value.ts";
import { isStagedRelease, stagedManifest } from "../running/reading/deployment.ts";

const SECTION = "docs/domain.md#webhook-handler";

/**
 * The tunnel or the funnel must deliver the URL, and the handler must accept it for each request in which it may arrive. The staged release has the
 * manifest whose digest its command carries, so that digest must be the config's. An unknown value is a violation: both are constants.
 *
 * @param manifest called for each resource, for its URLs and its digest
 * @see docs/domain.md#webhook-handler: "URL must match provider-registered URL exactly; handler uses dual-URL candidate list"
 */
export function registeredIsCandidate(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "registered-is-candidate",
    description: "Every URL that a number registers is one that the staged release accepts.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      const { type, name, props } = args;
      if (isStagedRelease(args)) {
        const problem = digestProblem(stagedManifest(props), manifest());
        if (problem !== undefined) reportViolation(`${name}.environment.HUB_MANIFEST: ${problem} (${SECTION})`);
      }
      if (type !== PHONE_NUMBER_TYPE) return;
      for (const { url } of WEBHOOK_PROPERTIES) {
        const problem = candidateProblem(manifest(), readProperty(props, url));
        if (problem !== undefined)
          reportViolation(`${name}.${url}: ${problem}; take it from registeredUrls (hub/urls/urls.ts; ${SECTION})`);
      }
    },
  };
}

function digestProblem(found: unknown, manifest: Manifest): string | undefined {
  const expected = manifestDigest(manifest);
  if (found === expected) return undefined;
  return `${shownDigest(found)}; stage a release of the config's manifest, ${expected}`;
}

function candidateProblem(manifest: Manifest, value: unknown): string | undefined {
  if (!isGiven(value) || value === "") return undefined;
  if (value === NOT_KNOWN) return shown(value);
  const found = shownUrl(value, manifest);
  if (typeof value !== "string" || !URL.canParse(value)) return `${found}, which is not an absolute URL`;
  const requests = deliver(manifest, value);
  if (requests.length === 0) return `${found}, which no host delivers to the handler`;
  const candidates = candidateFinder(manifest);
  const refused = requests.find((request) => !candidates(request).some(({ signedUrl }) => signedUrl === value));
  return refused === undefined
    ? undefined
    : `${found}, which is not a candidate URL of the request in which it arrives`;
}
