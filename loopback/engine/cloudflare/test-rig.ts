/** The set-up of the Cloudflare provider's tests: each test has its own loopback cloud, its own stand-in and a configured connection to it. */
import { afterEach, beforeEach } from "vitest";
import { type LoopbackCloud, startLoopbackCloud } from "../../cloud.ts";
import type { DnsRecord, Tunnel } from "../../cloudflare/state.ts";
import { loopbackConfig } from "../../testing.ts";
import { serveProvider } from "../protocol/provider-server.ts";
import { connectEngine, type ResourceState, type TestEngine } from "../protocol/test-client.ts";
import { cloudflareProvider } from "./provider.ts";

export const TUNNEL_CONFIG = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";
export const GET_TUNNEL_CONFIG =
  "cloudflare:index/getZeroTrustTunnelCloudflaredConfig:getZeroTrustTunnelCloudflaredConfig";
export const DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord";

const config = loopbackConfig(18797);
/** The account's IDs. */
export const { accountId, tunnelId, zoneId, dnsRecordId } = config.cloudflare;

/** A rule of the hub, and the catch-all rule. */
export const HOST = { hostname: "webhook.reri.co", path: "^/voice/webhook$", service: "http://localhost:18797" };
export const CATCH_ALL = { service: "http_status:404" };

/** The inputs of a program with these rules. */
export const wanted = (...ingresses: object[]) => ({
  ...{ accountId, tunnelId, source: "cloudflare", config: { ingresses } },
});

/** A running cloud and a connection to the stand-in. */
export interface CloudflareRig {
  readonly cloud: LoopbackCloud;
  readonly engine: TestEngine;
  /** The imported resources. */
  tunnelConfig(): Promise<ResourceState>;
  dnsRecord(): Promise<ResourceState>;
  /** The same resources in Cloudflare's state. */
  tunnel(): Tunnel;
  record(): DnsRecord;
}

/** Starts the cloud and the stand-in before each test of a file, and closes them after it. */
export function useCloudflareRig(): () => CloudflareRig {
  let rig: CloudflareRig | undefined;
  let close: () => Promise<void> = async () => undefined;
  beforeEach(async () => {
    const cloud = await startLoopbackCloud({ config });
    const server = await serveProvider(cloudflareProvider);
    const engine = connectEngine(server.port);
    close = async () => {
      engine.close();
      server.close();
      await cloud.close();
    };
    await engine.configure({ apiToken: cloud.cloudflare.state.apiToken, baseUrl: cloud.endpoints.cloudflare });
    rig = rigOf(cloud, engine);
  });
  afterEach(() => close());
  return () => present(rig, "the rig");
}

function rigOf(cloud: LoopbackCloud, engine: TestEngine): CloudflareRig {
  const { tunnels, records } = cloud.cloudflare.state;
  const imported = async (type: string, id: string) => present(await engine.importResource(type, id), id);
  return {
    ...{ cloud, engine },
    tunnelConfig: () => imported(TUNNEL_CONFIG, `${accountId}/${tunnelId}`),
    dnsRecord: () => imported(DNS_RECORD, `${zoneId}/${dnsRecordId}`),
    tunnel: () => present(tunnels.get(tunnelId), tunnelId),
    record: () => present(records.get(dnsRecordId), dnsRecordId),
  };
}

function present<Value>(value: Value | undefined, name: string): Value {
  if (value === undefined) throw new Error(`${name} was not found`);
  return value;
}
