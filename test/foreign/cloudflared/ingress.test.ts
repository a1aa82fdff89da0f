/** cloudflared's own decisions as the judge of the loopback's ingress, and of what the hub lets into an ingress. */
import { expect, test } from "vitest";
import { Sibling } from "../../../hub/config/sibling.ts";
import { deliver } from "../../../hub/hosts/deliver.ts";
import { ingressRules } from "../../../hub/hosts/ingress.ts";
import { ingressProblems } from "../../../hub/hosts/ingress-problems.ts";
import { manifestWith } from "../../../hub/testing/config.ts";
import { checkIngress } from "../../../loopback/cloudflare/ingress-check.ts";
import { TunnelConfig } from "../../../loopback/cloudflare/state.ts";
import { matchIngress } from "../../../loopback/hosts/ingress-match.ts";
import { readPath } from "../../../loopback/hosts/request-path.ts";
import { settle } from "../verdict.ts";
import { INGRESS_CASES, type IngressCase } from "./ingress-cases.ts";
import { REQUEST_CASES, type RequestCase } from "./request-cases.ts";

function isStored({ ingress }: Pick<IngressCase, "ingress">): boolean {
  const config = TunnelConfig.safeParse({ ingress });
  if (!config.success) return false;
  try {
    checkIngress(config.data);
    return true;
  } catch {
    return false;
  }
}

/** The origin settings that the provider cannot write, and the hub does not have. */
const isBeyondProvider = ({ ingress }: IngressCase) =>
  ingress.some(({ originRequest }) => originRequest !== undefined && !("access" in originRequest));

/** Whether the hub would let an ingress through: as declared siblings, and as a plan that its policy reads. */
function isDeclarable({ ingress }: IngressCase): boolean {
  const rules = ingress.slice(0, -1);
  const services = ingress.map(({ service }) => service);
  const isSibling = rules.length === 0 || Sibling.safeParse({ name: "a neighbour", services, rules }).success;
  const problems = ingressProblems(manifestWith(), ingress).map(({ problem }) => problem);
  return isSibling && !problems.some((problem) => /catch-all|not a Go regular expression/.test(problem));
}

type Match = typeof matchIngress;

function taken({ rules, host, path = "/" }: RequestCase, match: Match): number {
  const ingress = rules.map((rule, index) => ({ ...rule, service: `http://localhost:${index + 1}` }));
  const service = match(ingress, host, readPath(path)?.bytes ?? new Uint8Array())?.service;
  return ingress.findIndex((rule) => rule.service === service);
}

const wrongRequests = (match: Match) =>
  REQUEST_CASES.filter((tried) => taken(tried, match) !== tried.takes).map(({ what }) => `loopback: ${what}`);

const wrongIngresses = (decide: typeof isStored) =>
  INGRESS_CASES.filter((tried) => decide(tried) !== tried.isAccepted).map(({ what }) => `loopback: ${what}`);

test("the loopback and the hub decide as cloudflared does", () => {
  const refused = INGRESS_CASES.filter((tried) => !tried.isAccepted && !isBeyondProvider(tried));
  const declarable = refused.filter(isDeclarable).map(({ what }) => `hub: ${what}`);
  const differing = [...wrongIngresses(isStored), ...wrongRequests(matchIngress), ...declarable];
  const tried = INGRESS_CASES.length + REQUEST_CASES.length + refused.length;
  settle("cloudflared's matching", { tried, differing });
});

test("every case is named once, and says where it is from", () => {
  const names = [...INGRESS_CASES, ...REQUEST_CASES].map(({ what }) => what);
  expect(names).toEqual([...new Set(names)]);
});

const text = (path: Uint8Array) => Buffer.from(path).toString("latin1");
const bytes = (path: string) => Buffer.from(path, "latin1");

test.each<[string, Match]>([
  ["the first rule takes all", (rules) => rules[0]],
  ["the last rule takes all", (rules) => rules.at(-1)],
  ["no rule is the last resort", (rules, host, path) => matchIngress([...rules, { service: "none" }], host, path)],
  ["a port belongs to the host", (rules, host, path) => matchIngress(rules, host.replace(":", "-"), path)],
  ["a host has no case", (rules, host, path) => matchIngress(rules, host.toLowerCase(), path)],
  ["a path is matched encoded", (rules, host, path) => matchIngress(rules, host, bytes(encodeURI(text(path))))],
  [
    "a path is anchored",
    (rules, ...request) =>
      matchIngress(
        rules.map((rule) => ({ ...rule, ...(rule.path && { path: `^${rule.path}$` }) })),
        ...request,
      ),
  ],
  [
    "a host in Unicode has no other form",
    (rules, ...request) =>
      matchIngress(
        rules.map((rule) => ({ ...rule, ...(rule.hostname && { hostname: rule.hostname.replace("ü", "u") }) })),
        ...request,
      ),
  ],
])("a wrong match is found: %s", (_what, match) => {
  expect(wrongRequests(match)).not.toEqual([]);
});

const without = (member: "hostname" | "path" | "originRequest") => (tried: Pick<IngressCase, "ingress">) =>
  isStored({ ingress: tried.ingress.map(({ [member]: _dropped, ...rule }) => rule) });

test.each<[string, typeof isStored]>([
  ["everything is stored", () => true],
  ["nothing is stored", () => false],
  ["the hostname is not checked", without("hostname")],
  ["the path is not checked", without("path")],
  ["the origin settings are not checked", without("originRequest")],
  [
    "the service is not checked",
    ({ ingress }) => isStored({ ingress: ingress.map((rule) => ({ ...rule, service: "bastion" })) }),
  ],
  ["the last rule is not checked", ({ ingress }) => isStored({ ingress: [...ingress, { service: "bastion" }] })],
])("a wrong check is found: %s", (_what, decide) => {
  expect(wrongIngresses(decide)).not.toEqual([]);
});

test.each(["/voice", "/%76oice", "/voice%2Fwebhook", "/voice%0A", "/%FF", "/%zz", "//voice", "/voice/"])(
  "the hub's model of delivery sends %s where the loopback's edge does",
  (path) => {
    const manifest = manifestWith();
    const { hostname } = new URL(manifest.hosts.canonical.url);
    const bytes = readPath(path)?.bytes;
    const own = `http://127.0.0.1:${manifest.handler.port}`;
    const ingress = TunnelConfig.parse({ ingress: ingressRules(manifest) }).ingress;
    const isDelivered = bytes !== undefined && matchIngress(ingress, hostname, bytes)?.service === own;
    expect(deliver(manifest, `https://${hostname}${path}`)).toEqual(isDelivered ? [path] : []);
  },
);
