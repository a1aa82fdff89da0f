/** Which hosts and paths an Access application or a zone lockdown is put before. */
import type { ResourceValidationArgs } from "@pulumi/policy";
import { z } from "zod";
import type { KnownRequest } from "./cloudflare-expression.ts";
import { holdsUnknown, readProperty } from "./known-value.ts";

const Texts = z
  .array(z.string())
  .nullish()
  .transform((texts) => texts ?? []);
const Targets = z.object({
  domain: z.string().nullish(),
  selfHostedDomains: Texts,
  destinations: z
    .array(z.object({ uri: z.string().nullish() }))
    .nullish()
    .transform((found) => (found ?? []).flatMap(({ uri }) => uri ?? [])),
  urls: Texts,
});

/** The patterns of hosts and paths, like `forms.reri.co/docusign/*`; undefined where they cannot be read. */
export function publicTargets({ props }: ResourceValidationArgs): string[] | undefined {
  const names = ["domain", "selfHostedDomains", "destinations", "urls"];
  const found = Object.fromEntries(names.map((name) => [name, readProperty(props, name)]));
  if (holdsUnknown(found)) return undefined;
  const parsed = Targets.safeParse(found);
  if (!parsed.success) return undefined;
  const { domain, selfHostedDomains, destinations, urls } = parsed.data;
  return [...(domain ? [domain] : []), ...selfHostedDomains, ...destinations, ...urls];
}

/** Whether a pattern takes a request. A path takes what lies under it; `*` stands for anything. */
export function coversRequest(target: string, { host, path }: KnownRequest): boolean {
  const bare = target
    .replace(/^[a-z*]+:\/\//i, "")
    .replace(/\/+$/, "")
    .toLowerCase();
  const [hostPattern = "", ...segments] = bare.split("/");
  const pathPattern = segments.length === 0 ? "" : `/${segments.join("/")}`;
  return wildcard(hostPattern, "$").test(host) && wildcard(pathPattern, "(/|$)").test(path);
}

function wildcard(pattern: string, end: string): RegExp {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
  return new RegExp(`^${escaped}${end}`);
}
