/**
 * The stack's config, parsed at the door. Keys stand in `Pulumi.<stack>.yaml` under the namespace `hub`.
 * What the domain document does not give is a required key without default: a preview names it.
 */
import { z } from "zod";
import { OriginRequest } from "./origin-request.ts";
import { TendlcRecord } from "./tendlc.ts";
import {
  CloudflareId,
  E164,
  found,
  HttpsOrigin,
  IngressHostname,
  IngressService,
  LoopbackUrl,
  OpReference,
  PhoneNumberSid,
  PlainText,
  Port,
  TunnelId,
  UrlPath,
} from "./values.ts";

const list = <Item extends z.ZodType>(item: Item, what: string) =>
  z.array(item, { error: (issue) => (issue.input === undefined ? "missing" : `expected a list of ${what}`) });

/** A rule of another handler on the same tunnel, exactly as it stands in the live ingress. */
const SiblingRule = z
  .strictObject({
    /** Absent means every host. */
    hostname: IngressHostname.exactOptional(),
    /** An unanchored Go regular expression, as cloudflared reads it; absent means every path. */
    path: PlainText.exactOptional(),
    service: IngressService,
    originRequest: OriginRequest.exactOptional(),
  })
  .refine(({ hostname, path }) => hostname !== undefined || path !== undefined, {
    error: "has neither hostname nor path, so it would take every request; only the catch-all may",
  });

const Sibling = z
  .strictObject({ name: PlainText, port: Port, rules: list(SiblingRule, "ingress rules").min(1) })
  .check(({ value, issues }) => {
    for (const [index, rule] of value.rules.entries()) {
      const port = servicePort(rule.service);
      if (port === undefined || port === value.port) continue;
      issues.push({
        code: "custom",
        input: rule.service,
        path: ["rules", index, "service"],
        message: `expected a service on port ${value.port}, the sibling's; ${found({ input: rule.service })}`,
      });
    }
  });

/** The schema of `hub:hosts`. */
export const Hosts = z.strictObject({
  canonical: z.strictObject({ url: HttpsOrigin }),
  funnel: z.strictObject({
    url: HttpsOrigin,
    /** The paths given to `tailscale funnel --set-path`. */
    mounts: list(UrlPath, "paths").min(1),
    /** Whether the funnel strips the mount from the path it delivers. `unprobed`: nobody has looked yet, so either is expected. */
    prefix: z.enum(["stripped", "whole", "unprobed"], { error: 'expected "stripped", "whole" or "unprobed"' }),
    /** Whether Twilio is told the funnel's URLs as fallback URLs. */
    registerFallback: z.boolean({ error: "expected true or false" }),
  }),
});
/** The two hosts over which Twilio reaches the handler, and how each delivers a path. */
export type Hosts = z.infer<typeof Hosts>;

const HubNumber = z.strictObject({
  /** The logical name of the number's resource: a rename needs an alias. */
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, { error: "expected a lower-case name, like primary" }),
  number: E164,
  sid: PhoneNumberSid,
});
/** A Twilio phone number of the hub. */
export type HubNumber = z.infer<typeof HubNumber>;

/** The schema of every `hub:` key. */
export const HubConfig = z
  .strictObject({
    hosts: Hosts,
    handler: z.strictObject({ port: Port, process: PlainText, releases: PlainText }),
    numbers: list(HubNumber, "numbers").min(1),
    siblings: list(Sibling, "sibling handlers"),
    cloudflare: z.strictObject({
      accountId: CloudflareId,
      zoneId: CloudflareId,
      tunnelId: TunnelId,
      tunnelName: PlainText,
      /** The existing record of the canonical host, which is imported. */
      dnsRecordId: CloudflareId,
      apiToken: OpReference,
      /** The tunnel-wide origin settings, exactly as they are live: every handler on the tunnel has them by default. */
      originRequest: OriginRequest.exactOptional(),
    }),
    twilio: z.strictObject({ accountSid: OpReference, authToken: OpReference }),
    owners: list(PlainText, "names").min(1),
    tendlc: TendlcRecord,
    /** Where the vendors' APIs stand when they are not the real ones. Only addresses on 127.0.0.1 are taken. */
    endpoints: z.strictObject({ cloudflare: LoopbackUrl, twilioProxy: LoopbackUrl }).optional(),
  })
  .check(({ value, issues }) => {
    for (const { path, message } of conflicts(value)) {
      issues.push({ code: "custom", input: undefined, path, message });
    }
  });
export type HubConfig = z.infer<typeof HubConfig>;

/** A sibling handler's rules on the shared tunnel. */
export type Sibling = HubConfig["siblings"][number];

/** The port of an ingress rule's service, or undefined where the service names none (`http_status:404`, `unix:/run/forms.sock`). */
export function servicePort(service: string): number | undefined {
  const port = /^[a-z]+:\/\/[^/]+:(\d+)$/.exec(service)?.[1];
  return port === undefined ? undefined : Number(port);
}

interface Conflict {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What no single key shows: two entries that claim the same number, path or host. */
function conflicts(config: HubConfig): Conflict[] {
  const { hosts, numbers, siblings, handler } = config;
  const rules = siblings.flatMap((sibling, i) =>
    sibling.rules.map((rule, j) => ({ ...rule, at: ["siblings", i, "rules", j] })),
  );
  const canonicalIsFunnel = String(hosts.canonical.url) === String(hosts.funnel.url);
  return [
    ...repeated(numbers, "sid", (index) => ["numbers", index, "sid"]),
    ...repeated(numbers, "number", (index) => ["numbers", index, "number"]),
    ...repeated(numbers, "name", (index) => ["numbers", index, "name"]),
    ...repeated(siblings, "name", (index) => ["siblings", index, "name"]),
    ...repeated(
      hosts.funnel.mounts.map((mount) => ({ mount })),
      "mount",
      (index) => ["hosts", "funnel", "mounts", index],
    ),
    ...repeated(
      rules.map(({ hostname, path }) => ({ rule: `${hostname ?? "*"} ${path ?? "*"}` })),
      "rule",
      (index) => rules[index]?.at ?? [],
    ),
    ...siblings.flatMap(({ name, port }, index) =>
      port === handler.port
        ? [
            {
              path: ["siblings", index, "port"],
              message: `port ${port} of ${name} is the hub's own (hub:handler.port)`,
            },
          ]
        : [],
    ),
    ...(canonicalIsFunnel ? [{ path: ["hosts", "funnel", "url"], message: "is the canonical host's URL" }] : []),
  ];
}

function repeated<Key extends string>(
  items: readonly Readonly<Record<Key, string>>[],
  key: Key,
  at: (index: number) => (string | number)[],
): Conflict[] {
  const seen = new Map<string, number>();
  const clashes: Conflict[] = [];
  for (const [index, item] of items.entries()) {
    const first = seen.get(item[key]);
    if (first === undefined) seen.set(item[key], index);
    else
      clashes.push({
        path: at(index),
        message: `duplicate ${key}: entry ${first} has it too; ${found({ input: item[key] })}`,
      });
  }
  return clashes;
}
