/**
 * Every key of the stack's config, each checked alone. The keys are in `Pulumi.<stack>.yaml` under the namespace `hub`.
 * A value that the domain document does not give is a required key without a default: a preview names it if it is missing.
 */
import { z } from "zod";
import { TendlcRecord } from "../gate/tendlc.ts";
import { TollfreeRecord } from "../gate/tollfree.ts";
import {
  CalendarDate,
  CloudflareId,
  E164,
  expected,
  FilePath,
  HttpsOrigin,
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
import { ProcessName } from "./process-name.ts";
import { Sibling } from "./sibling.ts";
import { Signing } from "./signing.ts";
import { Transport } from "./transport.ts";
import { Voice } from "./voice.ts";

/** The schema of `hub:hosts`. */
export const Hosts = z.strictObject({
  canonical: z.strictObject({ url: HttpsOrigin }),
  funnel: z.strictObject({
    url: HttpsOrigin,
    /** The paths given to `tailscale funnel --set-path`. */
    mounts: list(UrlPath, "paths").min(1),
    /** Whether the funnel strips the mount from the path it delivers. `unprobed`: not tested yet, so both are expected. */
    prefix: z.enum(["stripped", "whole", "unprobed"], { error: 'expected "stripped", "whole" or "unprobed"' }),
    /** Whether the funnel's URLs are registered at Twilio as fallback URLs. */
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
 * The other of the two auth tokens, while the secondary one is being promoted. Twilio signs only with the primary token, so the handler must
 * accept both around the promotion (https://www.twilio.com/docs/iam/api/authtoken).
 */
const PreviousAuthToken = z.strictObject({
  reference: OpReference,
  /** The last day on which it is accepted, in UTC. */
  until: CalendarDate,
});

/** The longest allowed pause between two requests for one number, in milliseconds. */
const MAX_INTERVAL_MS = 60_000;

/** The pace of outgoing calls and texts. Source: docs/domain.md#rate-limits: 1 request a second for each number by default. */
const Outbound = z.strictObject({
  /** The pause between Twilio's answer to a request and the next request for the same number, in milliseconds. */
  intervalMs: z
    .number({ error: expected("a number of milliseconds") })
    .int({ error: "expected a whole number of milliseconds" })
    .min(1, { error: "expected at least 1 millisecond" })
    .max(MAX_INTERVAL_MS, { error: `expected at most ${MAX_INTERVAL_MS} milliseconds` })
    .default(1_000),
});

/** The most processes of one machine that share the port. */
export const MAX_INSTANCES = 16;

/** The handler's process, and its files on the machine that runs it. */
const Handler = z.strictObject({
  port: Port,
  /** Health and metrics, only on the loopback interface: neither the tunnel nor the funnel leads here. */
  adminPort: Port,
  /** The name in PM2. */
  process: ProcessName,
  releases: PlainText,
  /** The gate file, the second approval of a text, written by every `up`. Absolute, or relative to the project's top. */
  gateFile: FilePath,
  /** The number of processes that PM2 runs. */
  instances: z
    .number({ error: expected("a number of processes") })
    .int({ error: "expected a whole number of processes" })
    .min(1, { error: "expected at least 1 process" })
    .max(MAX_INSTANCES, { error: `expected at most ${MAX_INSTANCES} processes` })
    .default(1),
  /** The memory at which PM2 restarts a process (https://pm2.keymetrics.io/docs/usage/memory-limit/). */
  memory: z
    .string({ error: expected('an amount of memory, like "512M"') })
    .regex(/^[1-9]\d{0,5}[MG]$/, { error: expected('an amount of memory, like "512M"') })
    .default("512M"),
});

/** The schema of every `hub:` key. */
export const HubKeys = z.strictObject({
  hosts: Hosts,
  handler: Handler,
  /** The environment of a release's handler. Not part of the manifest. */
  environment: HandlerEnvironment,
  /** How `up` reaches the handler's machine. Not part of the manifest. */
  transport: Transport,
  /** The release that may run. Not part of the manifest, because it would change the digest that it names. */
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
    /** The tunnel-wide origin settings, exactly as they are live. They are the default of every handler on the tunnel. */
    originRequest: OriginRequest.exactOptional(),
  }),
  twilio: z.strictObject({
    accountSid: OpReference,
    authToken: OpReference,
    previousAuthToken: PreviousAuthToken.exactOptional(),
  }),
  /** Keys that sign webhooks in place of the auth token. Off if absent. */
  signing: Signing.exactOptional(),
  voice: Voice,
  /** The agents of the OpenClaw gateway, by the events they get. */
  openclaw: z.strictObject({
    agents: z.strictObject({
      /** Decides where an inbound call goes. */
      callRouting: PlainText,
      /** Takes inbound texts, and calls people back. */
      textsAndCallbacks: PlainText,
    }),
  }),
  owners: list(PlainText, "names").min(1),
  /** The A2P 10DLC registration, which may open the local numbers. */
  tendlc: TendlcRecord,
  /** The toll-free verification, which may open the toll-free number. That number is shut if this is absent. */
  tollfree: TollfreeRecord.exactOptional(),
  /** The addresses of stand-ins for the vendors' APIs. Only addresses on 127.0.0.1 are accepted. */
  endpoints: z.strictObject({ cloudflare: LoopbackUrl, twilioProxy: LoopbackUrl }).optional(),
});
/** A config whose keys are each well-formed. */
export type HubKeys = z.infer<typeof HubKeys>;
