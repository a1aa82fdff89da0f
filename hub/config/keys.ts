/**
 * Every key of the stack's config, each judged alone. Keys stand in `Pulumi.<stack>.yaml` under the namespace `hub`.
 * A value that the domain document does not give is a required key without a default: a preview names it.
 */
import { z } from "zod";
import { TendlcRecord } from "../gate/tendlc.ts";
import {
  CalendarDate,
  CloudflareId,
  E164,
  FilePath,
  found,
  HttpsOrigin,
  IngressHostname,
  IngressService,
  LoopbackUrl,
  list,
  OpReference,
  PhoneNumberSid,
  PlainText,
  Port,
  TunnelId,
  UrlPath,
} from "../values/values.ts";
import { Authorisation } from "./authorisation.ts";
import { HandlerEnvironment } from "./environment.ts";
import { OriginRequest } from "./origin-request.ts";
import { Transport } from "./transport.ts";
import { Voice } from "./voice.ts";

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

/**
 * The other of the two auth tokens, while the secondary one is being promoted: Twilio signs with the primary alone, so the handler must take
 * both around the promotion (https://www.twilio.com/docs/iam/api/authtoken).
 */
const PreviousAuthToken = z.strictObject({
  reference: OpReference,
  /** The last day on which it is taken, whole, in UTC. */
  until: CalendarDate,
});

/** The longest pause between two requests for one number, in milliseconds. */
const MAX_INTERVAL_MS = 60_000;

/** How calls and texts leave. Source: docs/domain.md#rate-limits: 1 request a second for each number by default. */
const Outbound = z.strictObject({
  /** How long after Twilio's answer to a request the next one for the same number may leave, in milliseconds. */
  intervalMs: z
    .number({ error: (issue) => `expected a number of milliseconds; ${found(issue)}` })
    .int({ error: "expected a whole number of milliseconds" })
    .min(1, { error: "expected at least 1 millisecond" })
    .max(MAX_INTERVAL_MS, { error: `expected at most ${MAX_INTERVAL_MS} milliseconds` })
    .default(1_000),
});

/** The most processes of one machine that share the port. */
const MAX_INSTANCES = 16;

/** The handler's process, and where its files lie on the machine that runs it. */
const Handler = z.strictObject({
  port: Port,
  /** Health and metrics, on the loopback interface alone: neither the tunnel nor the funnel leads here. */
  adminPort: Port,
  process: PlainText,
  releases: PlainText,
  /** The gate file, the second approval of a text: written by every `up`, absolute or from the project's top. */
  gateFile: FilePath,
  /** How many processes PM2 runs. */
  instances: z
    .number({ error: (issue) => `expected a number of processes; ${found(issue)}` })
    .int({ error: "expected a whole number of processes" })
    .min(1, { error: "expected at least 1 process" })
    .max(MAX_INSTANCES, { error: `expected at most ${MAX_INSTANCES} processes` })
    .default(1),
  /** At how much memory PM2 restarts a process (https://pm2.keymetrics.io/docs/usage/memory-limit/). */
  memory: z
    .string({ error: (issue) => `expected an amount of memory, like "512M"; ${found(issue)}` })
    .regex(/^[1-9]\d{0,5}[MG]$/, { error: (issue) => `expected an amount of memory, like "512M"; ${found(issue)}` })
    .default("512M"),
});

/** The schema of every `hub:` key. */
export const HubKeys = z.strictObject({
  hosts: Hosts,
  handler: Handler,
  /** What a release's handler finds in its environment. Not part of the manifest. */
  environment: HandlerEnvironment,
  /** How the machine that runs the handler is reached. Not part of the manifest. */
  transport: Transport,
  /** The release that may run. Not part of the manifest, or it would change the digest that it names. */
  authorisation: Authorisation.exactOptional(),
  outbound: Outbound.default({ intervalMs: 1_000 }),
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
  twilio: z.strictObject({
    accountSid: OpReference,
    authToken: OpReference,
    previousAuthToken: PreviousAuthToken.exactOptional(),
  }),
  voice: Voice,
  /** Which agents of the OpenClaw gateway are told what. */
  openclaw: z.strictObject({
    agents: z.strictObject({
      /** Decides where an inbound call goes. */
      callRouting: PlainText,
      /** Takes inbound texts, and calls people back. */
      textsAndCallbacks: PlainText,
    }),
  }),
  owners: list(PlainText, "names").min(1),
  tendlc: TendlcRecord,
  /** Where the vendors' APIs stand when they are not the real ones. Only addresses on 127.0.0.1 are taken. */
  endpoints: z.strictObject({ cloudflare: LoopbackUrl, twilioProxy: LoopbackUrl }).optional(),
});
/** A config whose keys are each well-formed. */
export type HubKeys = z.infer<typeof HubKeys>;

/** A sibling handler's rules on the shared tunnel. */
export type Sibling = HubKeys["siblings"][number];

/** The port of an ingress rule's service, or undefined where the service names none (`http_status:404`, `unix:/run/forms.sock`). */
export function servicePort(service: string): number | undefined {
  const port = /^[a-z]+:\/\/[^/]+:(\d+)$/.exec(service)?.[1];
  return port === undefined ? undefined : Number(port);
}
