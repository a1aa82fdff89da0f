/** Reads which hosts and paths an Access application or a zone lockdown covers. */
import type { ResourceValidationArgs } from "@pulumi/policy";
import { z } from "zod";
import { holdsUnknown, readProperty } from "../../reading/known-value.ts";
import type { KnownRequest } from "./cloudflare-expression.ts";

const Texts = z
  .array(z.string())
  .nullish()
  .transform((texts) => texts ?? []);
const Nothing = z.array(z.unknown()).max(0).nullish();
const Targets = z.object({
  domain: z.string().nullish(),
  selfHostedDomains: Texts,
  destinations: z
    .array(z.object({ uri: z.string().nullish(), hostname: z.string().nullish() }))
    .nullish()
    .transform((found) => (found ?? []).flatMap(({ uri, hostname }) => [uri ?? [], hostname ?? []].flat())),
  urls: Texts,
});

/** The patterns of hosts and paths, like `forms.reri.co/docusign/*`; undefined if they cannot be read. */
export function publicTargets({ props }: ResourceValidationArgs): string[] | undefined {
  const names = ["domain", "selfHostedDomains", "destinations", "urls"];
  const found = Object.fromEntries(names.map((name) => [name, readProperty(props, name)]));
  if (holdsUnknown(found)) return undefined;
  const parsed = Targets.safeParse(found);
  if (!parsed.success) return undefined;
  const { domain, selfHostedDomains, destinations, urls } = parsed.data;
  return [...(domain ? [domain] : []), ...selfHostedDomains, ...destinations, ...urls];
}

const Bypass = z
  .array(
    z.object({
      decision: z.literal("bypass"),
      includes: z.array(z.object({ everyone: z.object({}) })).min(1),
      requires: Nothing,
      excludes: Nothing,
    }),
  )
  .min(1);

/** Whether nobody has to sign in to an Access application: each of its policies bypasses it for everybody. */
export function letsEverybodyIn({ props }: ResourceValidationArgs): boolean {
  const policies = readProperty(props, "policies");
  return !holdsUnknown(policies) && Bypass.safeParse(policies).success;
}

/** Whether a pattern covers a request. A path covers every path under it; `*` matches any text. */
export function coversRequest(target: string, { host, path }: KnownRequest): boolean {
  const bare = target
    .replace(/^[a-z*]+:\/\//i, "")
    .replace(/\/+$/, "")
    .toLowerCase();
  const [authority = "", ...segments] = bare.split("/");
  // The port does not matter, and a trailing dot names the same host.
  const hostPattern = authority.replace(/:[\d*]+$/, "").replace(/\.$/, "");
  const pathPattern = segments.length === 0 ? "" : `/${segments.join("/")}`;
  return wildcard(hostPattern, "$").test(host) && wildcard(pathPattern, "(/|$)").test(path);
}

function wildcard(pattern: string, end: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}${end}`);
}
