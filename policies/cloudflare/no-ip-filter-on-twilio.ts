import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { FILTER_TYPES } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { shown, shownExpression } from "../reading/shown-value.ts";
import { type KnownRequest, mayMatch, readsAddress } from "./reading/cloudflare-expression.ts";
import { type FilterRule, filterRules } from "./reading/filter-rules.ts";
import { coversRequest, letsEverybodyIn, publicTargets } from "./reading/filter-targets.ts";
import { twilioRequests } from "./reading/twilio-requests.ts";

const SECTION = "docs/domain.md#webhook-tunnel-cluster: Twilio publishes no IP ranges";

/**
 * Twilio publishes no IP ranges, so a filter by address drops calls one day. The policy reads rulesets, filters, firewall rules, access rules, lockdowns
 * and Access. A rate limit filters by address if it counts by address, or if nobody can tell how it counts. A rule that is limited to other hosts or
 * paths, like DocuSign's allow-list, passes. If that cannot be decided, it is a violation.
 *
 * An expression that passes: `(starts_with(http.request.uri.path, "/docusign/") and not ip.src in $docusign)`.
 *
 * @param manifest called for each resource that can filter, for Twilio's paths
 * @see docs/domain.md#webhook-tunnel-cluster
 */
export function noIpFilterOnTwilio(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "no-ip-filter-on-twilio",
    description: "No rule at Cloudflare filters Twilio's requests by their address.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      if (!Object.values<string>(FILTER_TYPES).includes(args.type)) return;
      const requests = twilioRequests(manifest());
      for (const problem of problemsOf(args, requests)) reportViolation(`${args.name}.${problem} (${SECTION})`);
    },
  };
}

function problemsOf(args: ResourceValidationArgs, requests: readonly KnownRequest[]): string[] {
  switch (args.type) {
    case FILTER_TYPES.accessApplication:
    case FILTER_TYPES.zoneLockdown:
      return targetProblems(args, requests);
    default:
      return filterRules(args).flatMap((rule) => ruleProblems(rule, requests));
  }
}

function ruleProblems(rule: FilterRule, requests: readonly KnownRequest[]): string[] {
  const { at, expression, isScopedElsewhere, counts = [] } = rule;
  if (expression === undefined)
    return [`${at}: cannot be read in the preview, so it may filter Twilio's requests; write its expression out`];
  if (isScopedElsewhere === false)
    return [
      `${at}: found ${expression}, which filters every host and path by address; use a ruleset that is limited to other paths`,
    ];
  if (![expression, ...counts].some((text) => typeof text !== "string" || readsAddress(text))) return [];
  const hit = requests.find((request) => mayMatch(expression, request));
  if (hit === undefined) return [];
  return [
    `${at}: ${shownExpression(expression)}, which filters by address and may match Twilio's requests to ${hit.host}${hit.path}; ` +
      'begin it with the paths that it is meant for: starts_with(http.request.uri.path, "/…") and …',
  ];
}

function targetProblems(args: ResourceValidationArgs, requests: readonly KnownRequest[]): string[] {
  if (letsEverybodyIn(args)) return [];
  const targets = publicTargets(args);
  if (targets === undefined) return ["domain: cannot be read in the preview; write the hosts and paths out"];
  return targets.flatMap((target) => {
    const hit = requests.find((request) => coversRequest(target, request));
    if (hit === undefined) return [];
    return [
      `domain: ${shown(target)}, which covers ${hit.host}${hit.path}, where Twilio cannot sign in and has no fixed address; limit it to other paths`,
    ];
  });
}
