import type { ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { DNS_RECORD_TYPE, FILTER_TYPES, LIST_ITEM_TYPE, LIST_TYPE } from "../../hub/guards/resource-types.ts";
import { canonicalHostname } from "../../hub/hosts/ingress.ts";
import type { Manifest } from "../../hub/manifest.ts";
import { NOT_KNOWN, readProperty } from "../reading/known-value.ts";
import { shown, shownExpression } from "../reading/shown-value.ts";
import { stackConfig } from "../reading/stack.ts";
import { isGiven } from "../reading/texts.ts";
import { type KnownRequest, mayHold } from "./reading/cloudflare-expression.ts";
import { mayAnswerFor, mayDelegate } from "./reading/dns-names.ts";
import { twilioRequests } from "./reading/twilio-requests.ts";

const SECTION = "docs/domain.md#webhook-tunnel-cluster";

/** A DNS record under its name of today, and under that of the provider's earlier versions. */
const RECORD_TYPES: readonly string[] = [DNS_RECORD_TYPE, "cloudflare:index/record:Record"];

/** The phases whose rules turn a request away or let it pass as it is: https://developers.cloudflare.com/ruleset-engine/reference/phases-list/ */
const FILTER_PHASES: readonly unknown[] = [
  "http_request_firewall_custom",
  "http_request_firewall_managed",
  "http_ratelimit",
];

/** The kinds of lists whose items lead nowhere: https://developers.cloudflare.com/waf/tools/lists/ */
const FILTER_LISTS: readonly unknown[] = ["ip", "asn", "hostname"];

const Rule = z.object({ enabled: z.unknown().optional(), expression: z.unknown().optional() });

/**
 * Nothing at Cloudflare leads Twilio's webhooks to another host, where TwiML that is not the hub's could text: no redirect, rewrite or origin
 * rule, no list or list item of redirects, no DNS record for the canonical host but a proxied CNAME to the stack's tunnel. A rule that is surely
 * kept to other hosts or paths passes. Values that a preview does not know are violations. Satisfied by the host that the rule is for, at the
 * beginning of its expression; by lists that filter; by a record under another host's whole name, or the stack's own CNAME.
 *
 * Page rules, load balancers, Spectrum, custom hostnames, snippets, and Workers with their routes and domains can move a host too. None of them
 * is on the allow-list of `hub/guards/resource-types.ts`: while A2P 10DLC is unapproved `no-sms-campaign` blocks them by their type.
 *
 * @param manifest gives the host and Twilio's paths when a resource is looked at
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
  if (!Array.isArray(rules)) return [`rules: ${shown(rules)} ${where}; write each one out`];
  return rules.flatMap((rule: unknown, index) => ruleProblems(`rules[${index}]`, rule, where, requests));
}

function ruleProblems(at: string, rule: unknown, where: string, requests: readonly KnownRequest[]): string[] {
  const { enabled, expression } = Rule.safeParse(rule).data ?? { expression: NOT_KNOWN };
  if (enabled === false) return [];
  const hit = requests.find((request) => typeof expression !== "string" || mayHold(expression, request));
  if (hit === undefined) return [];
  return [
    `${at}.expression: ${shownExpression(expression)} ${where}, and it may take ${hit.host}${hit.path}; ` +
      'begin it with the host that it is for: http.host eq "…" and …',
  ];
}

function listProblems(kind: unknown): string[] {
  if (FILTER_LISTS.includes(kind)) return [];
  return [`kind: ${shown(kind)}, and a list of redirects leads requests elsewhere; take ${FILTER_LISTS.join(", ")}`];
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
        `set ${JSON.stringify(value)}, or write out a name that is another host's, with its zone's`,
    );
}
