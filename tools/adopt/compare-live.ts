/** What the live accounts say of the keys that a stack's config lacks, or has otherwise. */
import type { z } from "zod";
import { HubConfig } from "../../hub/config/config.ts";
import { servicePort } from "../../hub/config/keys.ts";
import { OriginRequest } from "../../hub/config/origin-request.ts";
import { canonicalHostname } from "../../hub/hosts/ingress.ts";
import { type LiveIngressRule, undeclaredRules } from "../../hub/hosts/live-tunnel.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import { type Adoptable, keyOf } from "./adoptable.ts";
import type { LiveCloudflare } from "./live-cloudflare.ts";

/** One key of the config and what is live. */
export interface Finding {
  /** `hub:cloudflare.tunnelId` */
  readonly key: string;
  /** From the map `config` on. */
  readonly path: readonly (string | number)[];
  /** As the config has it; undefined where it does not. */
  readonly configured: unknown;
  /** Undefined where a tunnel has no settings of its own. */
  readonly live: unknown;
  readonly state: "missing" | "same" | "differs";
}

/** The findings, and a line for each thing that is left for a person. */
export interface Comparison {
  readonly findings: readonly Finding[];
  readonly left: readonly string[];
}

/** What was read of the live accounts. */
export interface Live {
  readonly cloudflare: LiveCloudflare;
  /** For each number of the config its SID; undefined where the account does not have it. */
  readonly numberSids: readonly (string | undefined)[];
}

const IDS = ["accountId", "zoneId", "tunnelId", "dnsRecordId"] as const;

/**
 * Holds a config against the live accounts. A rule of the tunnel is the hub's where its hostname and its origin's port are; it is a sibling's where
 * its origin's port is; every other one but the catch-all is left for a person.
 */
export function compareLive(config: Adoptable, { cloudflare, numberSids }: Live): Comparison {
  const siblings = compareSiblings(config, cloudflare.rules);
  const settings = compareSettings(config, cloudflare);
  return {
    findings: [
      ...IDS.map((name) => finding(["cloudflare", name], config.cloudflare[name], cloudflare[name])),
      ...settings.findings,
      ...siblings.findings,
      ...numberSids.flatMap((sid, index) =>
        sid === undefined ? [] : [finding(["numbers", index, "sid"], config.numbers[index]?.sid, sid)],
      ),
    ],
    left: [
      ...recordProblems(config, cloudflare),
      ...settings.left,
      ...siblings.left,
      ...numberSids.flatMap((sid, index) =>
        sid === undefined ? [`${keyOf(["numbers", index, "number"])}: the Twilio account has no such number`] : [],
      ),
    ],
  };
}

function compareSettings({ cloudflare }: Adoptable, { originRequest }: LiveCloudflare): Comparison {
  const isEmpty = Object.keys(originRequest).length === 0;
  const { error } = OriginRequest.safeParse(originRequest);
  if (error !== undefined) {
    const text = `the tunnel has origin settings that cannot be declared (${reasonOf(error)}): ${canonicalJson(originRequest)}`;
    return { findings: [], left: [text] };
  }
  if (isEmpty && cloudflare.originRequest === undefined) return { findings: [], left: [] };
  const live = isEmpty ? undefined : originRequest;
  return { findings: [finding(["cloudflare", "originRequest"], cloudflare.originRequest, live)], left: [] };
}

function compareSiblings({ hosts, handler, siblings }: Adoptable, live: readonly LiveIngressRule[]): Comparison {
  const others = undeclaredRules({ hosts, handler, routes: [], siblings: [] }, live);
  const ports = siblings.map(({ port }) => port);
  const nobodys = others.filter(({ service }) => !ports.some((port) => servicePort(service) === port));
  const each = siblings.map(({ name, port, rules }, index): Comparison => {
    const path = ["siblings", index, "rules"] as const;
    const own = others.filter(({ service }) => servicePort(service) === port);
    if (own.length === 0)
      return { findings: [], left: [`${keyOf(path)}: no live rule leads to ${name}'s port ${port}`] };
    const problems = own.map((rule) => ({ rule, problem: ruleProblem(name, port, rule) }));
    const good = problems.filter(({ problem }) => problem === undefined).map(({ rule }) => rule);
    const left = problems.flatMap(({ rule, problem }) =>
      problem === undefined ? [] : [`${described(rule)} is ${name}'s by its port, and cannot be declared: ${problem}`],
    );
    return { findings: good.length === 0 ? [] : [finding(path, rules, good)], left };
  });
  return {
    findings: each.flatMap(({ findings }) => findings),
    left: [
      ...nobodys.map(
        (rule) =>
          `${described(rule)} is neither the hub's nor a declared sibling's; declare it under hub:siblings, or remove it from the tunnel`,
      ),
      ...each.flatMap(({ left }) => left),
    ],
  };
}

function ruleProblem(name: string, port: number, rule: LiveIngressRule): string | undefined {
  const { error } = HubConfig.shape.siblings.safeParse([{ name, port, rules: [rule] }]);
  return error && reasonOf(error);
}

/** An import of such a record would move the host. */
function recordProblems(config: Adoptable, { tunnelId, recordContent }: LiveCloudflare): string[] {
  if (recordContent === `${tunnelId}.cfargotunnel.com`) return [];
  const host = canonicalHostname(config);
  return [
    `the DNS record of ${host} leads to ${recordContent}, and not to the tunnel ${config.cloudflare.tunnelName}; an up would change that`,
  ];
}

function finding(path: readonly [string, ...(string | number)[]], configured: unknown, live: unknown): Finding {
  const isSame = canonicalJson({ value: configured }) === canonicalJson({ value: live });
  const state = isSame ? "same" : configured === undefined ? "missing" : "differs";
  const [first, ...rest] = path;
  return { key: keyOf(path), path: [`hub:${first}`, ...rest], configured, live, state };
}

function described({ hostname, path, service }: LiveIngressRule): string {
  return `the live rule with hostname ${hostname ?? "(any)"}, path ${path ?? "(any)"}, service ${service}`;
}

function reasonOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => [path.slice(3).join("."), message].filter((part) => part !== "").join(": "))
    .join("; ");
}
