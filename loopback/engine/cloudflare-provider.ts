/** Stands in for the provider `cloudflare` 6.22.1, over Cloudflare's own SDK. */
import Cloudflare from "cloudflare";
import { z } from "zod";
import { type Properties, withoutNulls } from "./properties.ts";
import type { ProviderStandIn, ResourceStandIn } from "./provider-server.ts";

const TunnelConfigInputs = z.object({
  accountId: z.string(),
  tunnelId: z.string(),
  source: z.string().exactOptional(),
  config: z
    .object({
      ingresses: z
        .array(
          z.object({ hostname: z.string().exactOptional(), path: z.string().exactOptional(), service: z.string() }),
        )
        .exactOptional(),
    })
    .exactOptional(),
});

const DnsRecordInputs = z.object({
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
    const { tunnelId } = TunnelConfigInputs.parse(inputs);
    return { id: tunnelId, outputs: await putTunnelConfig(client, inputs) };
  },
  async read(client, id, outputs) {
    const [account, tunnel] = id.includes("/") ? splitImportId(id) : [z.string().parse(outputs.accountId), id];
    return { id: tunnel, outputs: await getTunnelConfig(client, account, tunnel) };
  },
  update: (client, _id, inputs) => putTunnelConfig(client, inputs),
  // Cloudflare has no call that deletes a tunnel's config, and the provider's delete does nothing.
  delete: async () => undefined,
};

const dnsRecord: ResourceStandIn<Cloudflare> = {
  replaceOn: ["zoneId"],
  computed: ["comment", "proxied"],
  volatile: ["modifiedOn"],
  importedInputs: ({ zoneId, name, type, content, proxied, ttl, comment }) => ({
    ...{ zoneId, name, type, content, proxied, ttl },
    ...(typeof comment === "string" && comment !== "" && { comment }),
  }),
  async create(client, inputs) {
    const { zoneId, ...record } = DnsRecordInputs.parse(inputs);
    const created = await client.dns.records.create({ zone_id: zoneId, ...record });
    return { id: created.id, outputs: recordOutputs(zoneId, created) };
  },
  async read(client, id, outputs) {
    const [zoneId, recordId] = id.includes("/") ? splitImportId(id) : [z.string().parse(outputs.zoneId), id];
    try {
      const record = await client.dns.records.get(recordId, { zone_id: zoneId });
      return { id: recordId, outputs: recordOutputs(zoneId, record) };
    } catch (error) {
      if (error instanceof Cloudflare.NotFoundError) return undefined;
      throw error;
    }
  },
  async update(client, id, inputs) {
    const { zoneId, ...record } = DnsRecordInputs.parse(inputs);
    return recordOutputs(zoneId, await client.dns.records.update(id, { zone_id: zoneId, ...record }));
  },
  async delete(client, id, outputs) {
    await client.dns.records.delete(id, { zone_id: z.string().parse(outputs.zoneId) });
  },
};

const ProviderConfig = z.object({ apiToken: z.string(), baseUrl: z.string() });

/** The provider as the engine sees it. It needs `apiToken` and `baseUrl`: it never talks to the real Cloudflare. */
export const cloudflareProvider: ProviderStandIn<Cloudflare> = {
  name: "cloudflare",
  version: "6.22.1",
  configure(config) {
    const { apiToken, baseUrl } = ProviderConfig.parse(config);
    return new Cloudflare({ apiToken, baseURL: baseUrl, maxRetries: 0 });
  },
  resources: {
    "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": tunnelConfig,
    "cloudflare:index/dnsRecord:DnsRecord": dnsRecord,
  },
  functions: {
    "cloudflare:index/getZeroTrustTunnelCloudflaredConfig:getZeroTrustTunnelCloudflaredConfig": (client, args) => {
      const { accountId, tunnelId } = TunnelConfigInputs.parse(args);
      return getTunnelConfig(client, accountId, tunnelId);
    },
  },
};

async function getTunnelConfig(client: Cloudflare, accountId: string, tunnelId: string): Promise<Properties> {
  const live = await client.zeroTrust.tunnels.cloudflared.configurations.get(tunnelId, { account_id: accountId });
  return tunnelOutputs(accountId, tunnelId, live);
}

async function putTunnelConfig(client: Cloudflare, inputs: Properties): Promise<Properties> {
  const { accountId, tunnelId, config } = TunnelConfigInputs.parse(inputs);
  const live = await client.zeroTrust.tunnels.cloudflared.configurations.update(tunnelId, {
    account_id: accountId,
    // The catch-all has no hostname, which the SDK's types do not know.
    config: { ingress: (config?.ingresses ?? []).map((rule) => ({ ...rule, hostname: rule.hostname ?? "" })) },
  });
  return tunnelOutputs(accountId, tunnelId, live);
}

interface LiveTunnelConfig {
  readonly config?: { readonly ingress?: readonly object[] };
  readonly source?: string;
  readonly version?: number;
  readonly created_at?: string;
}

function tunnelOutputs(accountId: string, tunnelId: string, live: LiveTunnelConfig): Properties {
  const ingresses = (live.config?.ingress ?? []).map(withoutBlanks);
  return {
    ...{ accountId, tunnelId, config: { ingresses } },
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

function splitImportId(id: string): [string, string] {
  const [parent = "", own = ""] = id.split("/");
  return [parent, own];
}
