/** Compares a stack's config with the live accounts. */
import type { z } from "zod";
import { HubConfig } from "../../hub/config/config.ts";
import { servicePort } from "../../hub/config/keys.ts";
import { OriginRequest } from "../../hub/config/origin-request.ts";
import { canonicalHostname } from "../../hub/hosts/ingress.ts";
import { type LiveIngressRule, undeclaredRules } from "../../hub/hosts/live-tunnel.ts";
import { canonicalJson } from "../../hub/values/canonical-json.ts";
import { type Adoptable, keyOf } from "./adoptable.ts";
import type { LiveCloudflare } from "./live-cloudflare.ts";

/** A key of the config with its configured and its live value. */
export interface Finding {
  /** For messages, for example `hub:cloudflare.tunnelId`. */
  readonly key: string;
  /** The path below the map `config`. */
  readonly path: readonly (string | number)[];
  /** Undefined if the config does not have the key. */
  readonly configured: unknown;
  /** Undefined if the tunnel has no settings of its own. */
  readonly live: unknown;
  readonly state: "missing" | "same" | "differs";
}

/** The result of a comparison. */
export interface Comparison {
  readonly findings: readonly Finding[];
  /** A line for each difference that a person must resolve. */
  readonly left: readonly string[];
}

/** The values of the live accounts. */
export interface Live {
  readonly cloudflare: LiveCloudflare;
  /** The SID of each number of the config; undefined if the account does not have the number. */
  readonly numberSids: readonly (string | undefined)[];
}

const IDS = ["accountId", "zoneId", "tunnelId", "dnsRecordId"] as const;

/**
 * Compares a config with the live accounts. A rule of the tunnel belongs to the hub if its hostname and its origin's port are the hub's. It belongs to
 * a sibling if its origin's port is the sibling's. Every other rule except the catch-all is left for a person.
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
      return { findings: [], left: [`${keyOf(path)}: no live rule leads to port ${port} of ${name}`] };
    const problems = own.map((rule) => ({ rule, problem: ruleProblem(name, port, rule) }));
    const good = problems.filter(({ problem }) => problem === undefined).map(({ rule }) => rule);
    const left = problems.flatMap(({ rule, problem }) =>
      problem === undefined
        ? []
        : [`${described(rule)} leads to the port of ${name} but cannot be declared: ${problem}`],
    );
    return { findings: good.length === 0 ? [] : [finding(path, rules, good)], left };
  });
  return {
    findings: each.flatMap(({ findings }) => findings),
    left: [
      ...nobodys.map(
        (rule) =>
          `${described(rule)} belongs to neither the hub nor a declared sibling; declare it under hub:siblings, or remove it from the tunnel`,
      ),
      ...each.flatMap(({ left }) => left),
    ],
  };
}

function ruleProblem(name: string, port: number, rule: LiveIngressRule): string | undefined {
  const { error } = HubConfig.shape.siblings.safeParse([{ name, port, rules: [rule] }]);
  return error && reasonOf(error);
}

/** Importing a record that leads elsewhere would move the host. */
function recordProblems(config: Adoptable, { tunnelId, recordContent }: LiveCloudflare): string[] {
  if (recordContent === `${tunnelId}.cfargotunnel.com`) return [];
  const host = canonicalHostname(config);
  return [
    `the DNS record of ${host} leads to ${recordContent}, not to the tunnel ${config.cloudflare.tunnelName}; an up would change it`,
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
