/** Everything that this project asks of Cloudflare, against the loopback: each operation, in each of its states and refusals. */
import Cloudflare from "cloudflare";
import { tunnelApi } from "../../../infra/vendors/tunnel-api.ts";
import { watchTunnel } from "../../../infra/vendors/tunnel-watch.ts";
import {
  accountId,
  CATCH_ALL,
  type CloudflareRig,
  DNS_RECORD,
  dnsRecordId,
  GET_TUNNEL_CONFIG,
  HOST,
  TUNNEL_CONFIG,
  tunnelId,
  wanted,
  zoneId,
} from "../../../loopback/engine/cloudflare/test-rig.ts";
import { readLiveCloudflare } from "../../../tools/adopt/live-cloudflare.ts";

/** Every origin setting of the provider, under its names. */
const SETTINGS = {
  access: { audTags: ["a"], required: true, teamName: "t" },
  ...{
    caPool: "/ca.pem",
    connectTimeout: 30,
    disableChunkedEncoding: true,
    http2Origin: true,
    httpHostHeader: "a.example",
  },
  ...{
    keepAliveConnections: 100,
    keepAliveTimeout: 90,
    matchSnItoHost: true,
    noHappyEyeballs: true,
    noTlsVerify: true,
  },
  ...{ originServerName: "a.example", proxyType: "socks", tcpKeepAlive: 30, tlsTimeout: 10 },
};

/** Plays the scenario. */
export async function playScenario(rig: CloudflareRig): Promise<void> {
  const access = { apiToken: rig.cloud.cloudflare.state.apiToken, baseUrl: rig.cloud.endpoints.cloudflare };
  await programAndAdopt(rig, access);
  await standIn(rig);
  const client = new Cloudflare({ apiToken: access.apiToken, baseURL: access.baseUrl, maxRetries: 0 });
  await bySdk(client);
  await refusals(rig, client, access.baseUrl);
}

type Access = Parameters<typeof tunnelApi>[0];

async function programAndAdopt({ tunnel }: CloudflareRig, access: Access): Promise<void> {
  const api = tunnelApi(access, { accountId, tunnelId });
  const watch = watchTunnel(() => api.read());
  const { config } = await api.read();
  await api.write(config ?? {});
  await watch.end();
  const { name } = tunnel();
  await readLiveCloudflare(access, { hostname: HOST.hostname, tunnelName: name });
  for (const [hostname, tunnelName] of [
    ["other.example", name],
    [HOST.hostname, "other"],
    ["other.reri.co", name],
  ] as const) {
    await readLiveCloudflare(access, { hostname, tunnelName }).catch(() => undefined);
  }
}

async function standIn({ engine, tunnelConfig, dnsRecord }: CloudflareRig): Promise<void> {
  const live = await tunnelConfig();
  const settled = wanted({ ...HOST, originRequest: SETTINGS }, CATCH_ALL);
  await engine.update(TUNNEL_CONFIG, live, { ...settled, config: { ...settled.config, originRequest: SETTINGS } });
  await engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId });
  await engine.update(TUNNEL_CONFIG, live, { ...live.inputs });
  const bare = { zoneId, name: "other.reri.co", type: "CNAME", content: "a.example", ttl: 300 };
  const full = { ...bare, comment: "ours", tags: ["a:b"], settings: { flattenCname: true } };
  const created = await engine.create(DNS_RECORD, full);
  await engine.refresh(DNS_RECORD, created);
  await engine.update(DNS_RECORD, created, { ...bare, proxied: true, ttl: 1 });
  await engine.delete(DNS_RECORD, created);
  await dnsRecord();
}

async function bySdk(client: Cloudflare): Promise<void> {
  const zone = { zone_id: zoneId };
  await client.zeroTrust.tunnels.cloudflared.get(tunnelId, { account_id: accountId });
  const { id } = await client.dns.records.create({ ...zone, name: "www", type: "A", content: "192.0.2.1", ttl: 300 });
  await client.dns.records.edit(id, { ...zone, name: "www", type: "A", ttl: 1, proxied: true });
  await client.dns.records.list({ ...zone, type: "A", per_page: 1, page: 2 });
  await client.dns.records.list(zone);
  await client.dns.records.delete(id, zone);
  await client.zones.list();
  await client.zeroTrust.tunnels.cloudflared.list({ account_id: accountId });
}

async function refusals({ cloud }: CloudflareRig, client: Cloudflare, baseUrl: string): Promise<void> {
  const { configurations } = client.zeroTrust.tunnels.cloudflared;
  const account = { account_id: accountId };
  const record = {
    zone_id: zoneId,
    name: HOST.hostname,
    type: "CNAME",
    content: `${tunnelId}.cfargotunnel.com`,
    ttl: 1,
  } as const;
  const refused: (() => Promise<unknown>)[] = [
    () => configurations.update(tunnelId, { ...account, config: { ingress: [] } }),
    () => configurations.get(dnsRecordId, account),
    () => configurations.get(tunnelId, { account_id: zoneId }),
    () => client.dns.records.get(accountId, { zone_id: zoneId }),
    () => client.dns.records.create({ ...record, proxied: true }),
    () => client.dns.records.create({ ...record, type: "A", content: "192.0.2.1" }),
    () => client.dns.records.create({ ...record, name: "" }),
    () => fetch(`${baseUrl}/zones`),
    () => fetch(`${baseUrl}/zones`, { headers: { Authorization: "Bearer wrong" } }),
    () => fetch(`${baseUrl}/accounts/${accountId}/cfd_tunnel`, { headers: { Authorization: "Bearer wrong" } }),
  ];
  for (const status of [400, 401, 403, 404, 429, 500, 502, 503] as const) {
    refused.push(() => {
      cloud.cloudflare.faults.fail({ status, path: "/configurations" });
      return configurations.get(tunnelId, account);
    });
  }
  for (const request of refused) await request().catch(() => undefined);
}
