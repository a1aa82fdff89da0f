/** Stands in for the provider `cloudflare` 6.22.1, over Cloudflare's own SDK. */
import type Cloudflare from "cloudflare";
import { z } from "zod";
import { parse } from "../protocol/parse.ts";
import { type Properties, withoutNulls } from "../protocol/properties.ts";
import type { LiveResource, ProviderStandIn, ResourceStandIn } from "../protocol/provider-server.ts";
import { VendorError } from "../protocol/vendor-error.ts";
import { answered, cloudflareClient } from "./client.ts";

const TUNNEL_CONFIG = "ZeroTrustTunnelCloudflaredConfig";
const DNS_RECORD = "DnsRecord";

const IngressRule = z.strictObject({
  hostname: z.string().exactOptional(),
  path: z.string().exactOptional(),
  service: z.string(),
  originRequest: z.record(z.string(), z.unknown()).exactOptional(),
});

const TunnelConfigInputs = z.strictObject({
  accountId: z.string(),
  tunnelId: z.string(),
  source: z.string().exactOptional(),
  config: z
    .strictObject({
      ingresses: z.array(IngressRule).exactOptional(),
      originRequest: z.record(z.string(), z.unknown()).exactOptional(),
    })
    .exactOptional(),
});

const DnsRecordInputs = z.strictObject({
  zoneId: z.string(),
  name: z.string(),
  type: z.literal("CNAME"),
  content: z.string(),
  proxied: z.boolean().exactOptional(),
  ttl: z.number(),
  comment: z.string().exactOptional(),
});

const tunnelConfig: ResourceStandIn<Cloudflare> = {
  replaceOn: ["accountId", "tunnelId"],
  computed: ["source"],
  volatile: ["version", "createdAt"],
  importedInputs: ({ accountId, tunnelId, source, config }) => ({ accountId, tunnelId, source, config }),
  async create(client, inputs) {
    const { tunnelId } = parse(TunnelConfigInputs, inputs, TUNNEL_CONFIG);
    return { id: tunnelId, outputs: await putTunnelConfig(client, inputs) };
  },
  async read(client, id, outputs) {
    const { parent, own, imported } = identify(id, outputs.accountId);
    return read(imported, async () => ({ id: own, outputs: await getTunnelConfig(client, parent, own) }));
  },
  update: (client, _id, inputs) => putTunnelConfig(client, inputs),
  // Cloudflare has no call that deletes a tunnel's config, and the provider's delete does nothing.
  delete: async () => undefined,
};

const dnsRecord: ResourceStandIn<Cloudflare> = {
  replaceOn: ["zoneId"],
  computed: ["proxied"],
  volatile: ["modifiedOn"],
  importedInputs: ({ zoneId, name, type, content, proxied, ttl, comment }) => ({
    ...{ zoneId, name, type, content, proxied, ttl },
    ...(typeof comment === "string" && comment !== "" && { comment }),
  }),
  async create(client, inputs) {
    const { zoneId, ...record } = parse(DnsRecordInputs, inputs, DNS_RECORD);
    const created = await answered(client.dns.records.create({ zone_id: zoneId, ...record }));
    return { id: created.id, outputs: recordOutputs(zoneId, created) };
  },
  async read(client, id, outputs) {
    const { parent, own, imported } = identify(id, outputs.zoneId);
    return read(imported, async () => {
      const record = await answered(client.dns.records.get(own, { zone_id: parent }));
      return { id: own, outputs: recordOutputs(parent, record) };
    });
  },
  async update(client, id, inputs) {
    const { zoneId, ...record } = parse(DnsRecordInputs, inputs, DNS_RECORD);
    const updated = await answered(client.dns.records.update(id, { zone_id: zoneId, ...record }));
    return recordOutputs(zoneId, updated);
  },
  async delete(client, id, outputs) {
    await answered(client.dns.records.delete(id, { zone_id: identify(id, outputs.zoneId).parent }));
  },
};

const ProviderConfig = z.object({ apiToken: z.string().min(1), baseUrl: z.string().min(1) });

/** The provider as the engine sees it. It needs `apiToken` and `baseUrl`: it never talks to the real Cloudflare. */
export const cloudflareProvider: ProviderStandIn<Cloudflare> = {
  name: "cloudflare",
  version: "6.22.1",
  configure: (config) => cloudflareClient(parse(ProviderConfig, config, 'the config of the provider "cloudflare"')),
  resources: {
    "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": tunnelConfig,
    "cloudflare:index/dnsRecord:DnsRecord": dnsRecord,
  },
  functions: {
    "cloudflare:index/getZeroTrustTunnelCloudflaredConfig:getZeroTrustTunnelCloudflaredConfig": (client, args) => {
      const { accountId, tunnelId } = parse(TunnelConfigInputs, args, TUNNEL_CONFIG);
      return getTunnelConfig(client, accountId, tunnelId);
    },
  },
};

async function getTunnelConfig(client: Cloudflare, accountId: string, tunnelId: string): Promise<Properties> {
  const { configurations } = client.zeroTrust.tunnels.cloudflared;
  return tunnelOutputs(accountId, tunnelId, await answered(configurations.get(tunnelId, { account_id: accountId })));
}

async function putTunnelConfig(client: Cloudflare, inputs: Properties): Promise<Properties> {
  const { accountId, tunnelId, config } = parse(TunnelConfigInputs, inputs, TUNNEL_CONFIG);
  // The catch-all has no hostname, which the SDK's types do not know.
  const ingress = (config?.ingresses ?? []).map((rule) => ({ ...rule, hostname: rule.hostname ?? "" }));
  const originRequest = config?.originRequest && { originRequest: config.originRequest };
  const { configurations } = client.zeroTrust.tunnels.cloudflared;
  const live = await answered(
    configurations.update(tunnelId, { account_id: accountId, config: { ingress, ...originRequest } }),
  );
  return tunnelOutputs(accountId, tunnelId, live);
}

interface LiveTunnelConfig {
  readonly config?: { readonly ingress?: readonly object[]; readonly originRequest?: object };
  readonly source?: string;
  readonly version?: number;
  readonly created_at?: string;
}

function tunnelOutputs(accountId: string, tunnelId: string, live: LiveTunnelConfig): Properties {
  const ingresses = (live.config?.ingress ?? []).map(withoutBlanks);
  return {
    ...{ accountId, tunnelId, config: { ingresses, originRequest: live.config?.originRequest } },
    ...{ source: live.source, version: live.version, createdAt: live.created_at },
  };
}

/** The API fills an absent hostname or path with "", and absent options with {}; the provider reads both as absent. */
function withoutBlanks(rule: object): unknown {
  return withoutNulls(Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== "")));
}

function recordOutputs(zoneId: string, record: Cloudflare.DNS.RecordResponse): Properties {
  const { name, type, content, proxied, ttl, comment, created_on, modified_on } = record;
  return { zoneId, name, type, content, proxied, ttl, comment, createdOn: created_on, modifiedOn: modified_on };
}

/** An ID is `<parent>/<own>` on an import, and the own one alone in the state, which has the parent among its outputs. */
function identify(id: string, parentInState: unknown): { parent: string; own: string; imported: boolean } {
  const [parent = "", own] = id.split("/", 2);
  if (own !== undefined) return { parent, own, imported: true };
  if (typeof parentInState === "string") return { parent: parentInState, own: id, imported: false };
  throw new Error(`the import ID "${id}" must be <account>/<tunnel> or <zone>/<record>`);
}

/** What is gone is an absence, except on an import, which needs it. */
async function read(imported: boolean, get: () => Promise<LiveResource>): Promise<LiveResource | undefined> {
  try {
    return await get();
  } catch (error) {
    if (!imported && error instanceof VendorError && error.status === 404) return undefined;
    throw error;
  }
}
