import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { DNS_RECORD_TYPE, FILTER_TYPES, LIST_ITEM_TYPE, LIST_TYPE } from "../../hub/guards/resource-types.ts";
import { canonicalHostname } from "../../hub/hosts/ingress.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { isGiven, NOT_KNOWN, readProperty } from "../reading/known-value.ts";
import { shown, shownExpression } from "../reading/shown-value.ts";
import { stackConfig } from "../reading/stack.ts";
import { type KnownRequest, mayMatch } from "./reading/cloudflare-expression.ts";
import { mayAnswerFor, mayDelegate } from "./reading/dns-names.ts";
import { twilioRequests } from "./reading/twilio-requests.ts";

const SECTION = "docs/domain.md#webhook-tunnel-cluster";

/** The type of a DNS record, in this version of the provider and in earlier ones. */
const RECORD_TYPES: readonly string[] = [DNS_RECORD_TYPE, "cloudflare:index/record:Record"];

/** The phases whose rules only block a request or let it pass unchanged: https://developers.cloudflare.com/ruleset-engine/reference/phases-list/ */
const FILTER_PHASES: readonly unknown[] = [
  "http_request_firewall_custom",
  "http_request_firewall_managed",
  "http_ratelimit",
];

/** The kinds of lists that do not redirect: https://developers.cloudflare.com/waf/tools/lists/ */
const FILTER_LISTS: readonly unknown[] = ["ip", "asn", "hostname"];

const Rule = z.object({ enabled: z.unknown().optional(), expression: z.unknown().optional() });

/**
 * TwiML of another host could text. So there is no redirect, rewrite or origin rule, no list or list item of redirects, and no DNS record for the
 * canonical host except a proxied CNAME to the stack's tunnel. A rule passes if its expression surely does not match the host's webhooks. Values that a
 * preview does not know are violations.
 *
 * Page rules, load balancers, Spectrum, custom hostnames, snippets, and Workers with their routes and domains can move a host too. None of these types
 * is on the allow-list of `hub/guards/resource-types.ts`, so `no-sms-campaign` blocks them while a number may not text.
 *
 * @param manifest called for each resource that it decides about, for the host and Twilio's paths
 * @see docs/domain.md#webhook-tunnel-cluster: all Twilio paths are under one host
 */
export function webhookHostUnmoved(manifest: () => Manifest): ResourceValidationPolicy {
  return {
    name: "webhook-host-unmoved",
    description: "Nothing at Cloudflare leads Twilio's webhooks to another host.",
    enforcementLevel: "mandatory",
    validateResource: (args, reportViolation) => {
      for (const problem of problemsOf(args, manifest)) reportViolation(`${args.name}.${problem} (${SECTION})`);
    },
  };
}

function problemsOf({ type, props }: ResourceValidationArgs, manifest: () => Manifest): string[] {
  if (type === FILTER_TYPES.ruleset) return rulesetProblems(props, twilioRequests(manifest()));
  if (type === LIST_TYPE) return listProblems(readProperty(props, "kind"));
  if (type === LIST_ITEM_TYPE) return itemProblems(readProperty(props, "redirect"));
  return RECORD_TYPES.includes(type) ? recordProblems(props, canonicalHostname(manifest())) : [];
}

function rulesetProblems(props: ResourceValidationArgs["props"], requests: readonly KnownRequest[]): string[] {
  const phase = readProperty(props, "phase");
  if (phase === NOT_KNOWN) return [`phase: ${shown(phase)}, and it may redirect or rewrite; write it out`];
  const rules = readProperty(props, "rules") ?? [];
  if (FILTER_PHASES.includes(phase)) return [];
  const where = `in the phase ${JSON.stringify(phase) ?? "none"}, which does more than filter`;
  if (!Array.isArray(rules)) return [`rules: ${shown(rules)} ${where}; write each rule out`];
  return rules.flatMap((rule: unknown, index) => ruleProblems(`rules[${index}]`, rule, where, requests));
}

function ruleProblems(at: string, rule: unknown, where: string, requests: readonly KnownRequest[]): string[] {
  const { enabled, expression } = Rule.safeParse(rule).data ?? { expression: NOT_KNOWN };
  if (enabled === false) return [];
  const hit = requests.find((request) => typeof expression !== "string" || mayMatch(expression, request));
  if (hit === undefined) return [];
  return [
    `${at}.expression: ${shownExpression(expression)} ${where}, and it may match Twilio's requests to ${hit.host}${hit.path}; ` +
      'begin it with the host that it is meant for: http.host eq "…" and …',
  ];
}

function listProblems(kind: unknown): string[] {
  if (FILTER_LISTS.includes(kind)) return [];
  return [
    `kind: ${shown(kind)}, and a list of redirects leads requests elsewhere; use one of ${FILTER_LISTS.join(", ")}`,
  ];
}

function itemProblems(redirect: unknown): string[] {
  if (!isGiven(redirect)) return [];
  return [`redirect: ${shown(redirect)}, which leads requests elsewhere; remove the item`];
}

function recordProblems(props: ResourceValidationArgs["props"], host: string): string[] {
  const [name, type] = [readProperty(props, "name"), readProperty(props, "type")];
  const mayServeNames = type === "NS" || type === NOT_KNOWN;
  if (!(mayServeNames ? mayDelegate(name, host) : mayAnswerFor(name, host))) return [];
  const wanted = [
    ["type", "CNAME"],
    ["content", `${stackConfig().cloudflare.tunnelId}.cfargotunnel.com`],
    ["proxied", true],
  ] as const;
  return wanted
    .map(([property, value]) => ({ property, value, found: readProperty(props, property) }))
    .filter(({ value, found }) => found !== value)
    .map(
      ({ property, value, found }) =>
        `${property}: ${shown(found)}, and the record may answer for ${host} (name: ${shown(name)}); ` +
        `set ${JSON.stringify(value)}, or use the full name of another host, with its zone`,
    );
}
