/** The state of an account at Cloudflare: its tunnels with their configurations, and one zone with its DNS records. */
import { z } from "zod";
import { OriginRequest } from "./origin-request.ts";

/** An ingress rule as it was put. The first matching rule handles a request. */
export const IngressRule = z.looseObject({
  hostname: z.string().optional(),
  path: z.string().optional(),
  service: z.string(),
  originRequest: OriginRequest.optional(),
});
export type IngressRule = z.infer<typeof IngressRule>;

/** A tunnel's config as it was put. */
export const TunnelConfig = z.looseObject({
  ingress: z.array(IngressRule),
  originRequest: OriginRequest.optional(),
});
export type TunnelConfig = z.infer<typeof TunnelConfig>;

/** A remotely configured tunnel (https://developers.cloudflare.com/api/resources/zero_trust/subresources/tunnels/). */
export interface Tunnel {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  config: TunnelConfig;
  /** Each new config increases it by one. */
  version: number;
  configuredAt: string;
}

/** A DNS record (https://developers.cloudflare.com/api/resources/dns/subresources/records/). */
export interface DnsRecord {
  id: string;
  name: string;
  type: string;
  content: string;
  proxiable: boolean;
  proxied: boolean;
  /** In seconds. 1 means automatic; a proxied record is always automatic. */
  ttl: number;
  settings: Record<string, unknown>;
  meta: Record<string, unknown>;
  comment: string | null;
  tags: string[];
  priority?: number;
  data?: Record<string, unknown>;
  created_on: string;
  modified_on: string;
  /** The time of the comment's last change; absent without a comment. */
  comment_modified_on?: string;
  /** The time of the tags' last change; absent without tags. */
  tags_modified_on?: string;
}

/** An account with one zone. Tests read it, and change it to imitate changes by hand. */
export interface CloudflareState {
  readonly accountId: string;
  readonly apiToken: string;
  readonly tunnels: Map<string, Tunnel>;
  readonly zone: { readonly id: string; readonly name: string };
  /** The zone's records by ID. */
  readonly records: Map<string, DnsRecord>;
}

/** Makes a new record, with Cloudflare's defaults for the missing fields. */
export function dnsRecord(record: Pick<DnsRecord, "id" | "name" | "type" | "content"> & Partial<DnsRecord>): DnsRecord {
  const now = new Date().toISOString();
  const proxied = record.proxied ?? false;
  return {
    meta: {},
    comment: null,
    tags: [],
    created_on: now,
    modified_on: now,
    ...record,
    settings: { ...(record.type === "CNAME" && { flatten_cname: false }), ...record.settings },
    proxiable: ["A", "AAAA", "CNAME"].includes(record.type),
    proxied,
    ttl: proxied ? 1 : (record.ttl ?? 1),
    ...(record.comment && { comment_modified_on: record.comment_modified_on ?? now }),
    ...(record.tags?.length && { tags_modified_on: record.tags_modified_on ?? now }),
  };
}

/** The tunnel that a proxied record routes a host name to; undefined if no such record exists. */
export function tunnelOf(state: CloudflareState, hostname: string): Tunnel | undefined {
  const record = [...state.records.values()].find(({ name, type }) => name === hostname && type === "CNAME");
  if (record === undefined || !record.proxied) return undefined;
  return state.tunnels.get(/^(.+)\.cfargotunnel\.com$/.exec(record.content)?.[1] ?? "");
}
