import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { FILTER_TYPES } from "../../hub/guards/resource-types.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { shown, shownExpression } from "../reading/shown-value.ts";
import { type KnownRequest, mayHold, readsAddress } from "./reading/cloudflare-expression.ts";
import { type FilterRule, filterRules } from "./reading/filter-rules.ts";
import { coversRequest, letsEverybodyBy, publicTargets } from "./reading/filter-targets.ts";
import { twilioRequests } from "./reading/twilio-requests.ts";

const SECTION = "docs/domain.md#webhook-tunnel-cluster: Twilio publishes no IP ranges";

/**
 * No rule at Cloudflare filters Twilio's requests by their address: Twilio publishes no ranges, so such a rule drops calls one day. It reads rulesets,
 * filters, firewall rules, access rules, lockdowns and Access. A rate limit that counts by address is such a rule, and one of which nobody can tell how it counts. A rule that is kept to other hosts or paths, like DocuSign's allow-list, is left
 * alone; one of which that cannot be told is a violation. Satisfied by leading the expression with other paths:
 * `(starts_with(http.request.uri.path, "/docusign/") and not ip.src in $docusign)`.
 *
 * @param manifest gives Twilio's paths when a resource is looked at
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
    return [`${at}: cannot be read in the preview, so nobody can tell whom it filters; write its expression out`];
  if (isScopedElsewhere === false)
    return [`${at}: ${expression}, which filters every host and path by address; use a ruleset kept to other paths`];
  if (![expression, ...counts].some((text) => typeof text !== "string" || readsAddress(text))) return [];
  const hit = requests.find((request) => mayHold(expression, request));
  if (hit === undefined) return [];
  return [
    `${at}: ${shownExpression(expression)}, which filters by address and may take ${hit.host}${hit.path}; ` +
      'begin it with the paths that it is for: starts_with(http.request.uri.path, "/…") and …',
  ];
}

function targetProblems(args: ResourceValidationArgs, requests: readonly KnownRequest[]): string[] {
  if (letsEverybodyBy(args)) return [];
  const targets = publicTargets(args);
  if (targets === undefined) return ["domain: cannot be read in the preview; write the hosts and paths out"];
  return targets.flatMap((target) => {
    const hit = requests.find((request) => coversRequest(target, request));
    if (hit === undefined) return [];
    return [
      `domain: ${shown(target)}, which covers ${hit.host}${hit.path}, where Twilio cannot sign in and has no fixed address; keep it to other paths`,
    ];
  });
}
