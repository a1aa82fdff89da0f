import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LoopbackCloud, startLoopbackCloud } from "../../cloud.ts";
import { loopbackConfig } from "../../testing.ts";
import type { ListeningServer } from "../protocol/grpc-server.ts";
import { serveProvider } from "../protocol/provider-server.ts";
import { connectEngine, type ResourceState, secret, type TestEngine } from "../protocol/test-client.ts";
import { cloudflareProvider } from "./provider.ts";

const TUNNEL_CONFIG = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";
const GET_TUNNEL_CONFIG = "cloudflare:index/getZeroTrustTunnelCloudflaredConfig:getZeroTrustTunnelCloudflaredConfig";
const DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const { ADD, UPDATE, UPDATE_REPLACE, DELETE } = proto.PropertyDiff.Kind;
const { DIFF_NONE } = proto.DiffResponse.DiffChanges;

const config = loopbackConfig(18797);
const { accountId, tunnelId, zoneId, dnsRecordId } = config.cloudflare;
const HOST = { hostname: "webhook.reri.co", path: "^/voice/webhook$", service: "http://localhost:18797" };
const CATCH_ALL = { service: "http_status:404" };
let cloud: LoopbackCloud;
let server: ListeningServer;
let engine: TestEngine;

beforeEach(async () => {
  cloud = await startLoopbackCloud({ config });
  server = await serveProvider(cloudflareProvider);
  engine = connectEngine(server.port);
  await engine.configure({ apiToken: cloud.cloudflare.state.apiToken, baseUrl: cloud.endpoints.cloudflare });
});

afterEach(async () => {
  engine.close();
  server.close();
  await cloud.close();
});

async function imported(type: string, id: string): Promise<ResourceState> {
  const state = await engine.importResource(type, id);
  if (state === undefined) throw new Error(`${id} was not found`);
  return state;
}

const tunnelConfig = () => imported(TUNNEL_CONFIG, `${accountId}/${tunnelId}`);
const dnsRecord = () => imported(DNS_RECORD, `${zoneId}/${dnsRecordId}`);
const record = () => {
  const found = cloud.cloudflare.state.records.get(dnsRecordId);
  if (found === undefined) throw new Error(`${dnsRecordId} is not in the zone`);
  return found;
};
const ingress = () => cloud.cloudflare.state.tunnels.get(tunnelId)?.config.ingress;
const wanted = (...ingresses: object[]) => ({ accountId, tunnelId, source: "cloudflare", config: { ingresses } });

test("the import ID of a tunnel's config is <account>/<tunnel>", async () => {
  const { id, inputs } = await tunnelConfig();
  expect(id).toBe(tunnelId);
  expect(inputs).toEqual(wanted(...(ingress() ?? [])));
});

test("the import ID of a DNS record is <zone>/<record>", async () => {
  const { id, inputs } = await dnsRecord();
  expect(id).toBe(dnsRecordId);
  const content = `${tunnelId}.cfargotunnel.com`;
  expect(inputs).toEqual({ zoneId, name: "webhook.reri.co", type: "CNAME", content, proxied: true, ttl: 1 });
});

test("an import ID without the account or the zone is refused", async () => {
  await expect(engine.importResource(DNS_RECORD, dnsRecordId)).rejects.toThrow("<zone>/<record>");
});

test("a tunnel's config replaces the whole ingress", async () => {
  const { outputs } = await engine.update(TUNNEL_CONFIG, await tunnelConfig(), wanted(HOST, CATCH_ALL));
  expect(ingress()).toEqual([HOST, { ...CATCH_ALL, hostname: "" }]);
  expect(outputs).toMatchObject({ version: 2, config: { ingresses: [HOST, CATCH_ALL] } });
});

test("creating a tunnel's config replaces the ingress too", async () => {
  const { id } = await engine.create(TUNNEL_CONFIG, wanted(HOST, CATCH_ALL));
  expect(id).toBe(tunnelId);
  expect(ingress()).toHaveLength(2);
});

test("deleting a tunnel's config does nothing", async () => {
  const before = structuredClone(ingress());
  const { requests } = cloud.cloudflare;
  const state = await tunnelConfig();
  const sent = requests.length;
  await engine.delete(TUNNEL_CONFIG, state);
  expect(ingress()).toEqual(before);
  expect(requests).toHaveLength(sent);
});

test("import, update, a clean second diff, and drift after a refresh", async () => {
  const program = wanted(HOST, CATCH_ALL);
  const state = await engine.update(TUNNEL_CONFIG, await tunnelConfig(), program);
  expect((await engine.diff(TUNNEL_CONFIG, state, program)).changes).toBe(DIFF_NONE);
  const tunnel = cloud.cloudflare.state.tunnels.get(tunnelId);
  if (tunnel !== undefined) tunnel.config = { ingress: [{ ...HOST, path: "^/other$" }, CATCH_ALL] };
  const refreshed = (await engine.refresh(TUNNEL_CONFIG, state)) ?? state;
  expect(refreshed.inputs).toMatchObject(wanted({ ...HOST, path: "^/other$" }, CATCH_ALL));
  expect((await engine.diff(TUNNEL_CONFIG, refreshed, program)).kinds).toEqual({ "config.ingresses[0].path": UPDATE });
});

test("leaving out the source is no change, and another tunnel replaces", async () => {
  const state = await tunnelConfig();
  const { source: _source, ...silent } = wanted(...(ingress() ?? []));
  expect((await engine.diff(TUNNEL_CONFIG, state, silent)).changes).toBe(DIFF_NONE);
  const { replaces } = await engine.diff(TUNNEL_CONFIG, state, { ...silent, tunnelId: "another" });
  expect(replaces).toEqual(["tunnelId"]);
});

test("a setting that the stand-in would drop is refused", async () => {
  const program = wanted({ ...HOST, orignRequest: { httpHostHeader: "a.b" } }, CATCH_ALL);
  await expect(engine.update(TUNNEL_CONFIG, await tunnelConfig(), program)).rejects.toThrow(
    new Error('ZeroTrustTunnelCloudflaredConfig: the stand-in does not know "config.ingresses.0.orignRequest"'),
  );
});

test("getZeroTrustTunnelCloudflaredConfig shows the live rules", async () => {
  const found = await engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId });
  expect(found).toMatchObject({ accountId, tunnelId, config: { ingresses: ingress() } });
});

test("a DNS record that is gone is an absence on a refresh and an error on an import", async () => {
  const state = await dnsRecord();
  cloud.cloudflare.state.records.clear();
  expect(await engine.refresh(DNS_RECORD, state)).toBeUndefined();
  await expect(dnsRecord()).rejects.toThrow(
    new Error(
      `Cloudflare answered 404 (81044 Record does not exist.) on GET zones/${zoneId}/dns_records/${dnsRecordId}: check accountId, ` +
        "tunnelId, zoneId and dnsRecordId of hub:cloudflare, and that what they name is still there",
    ),
  );
});

test("a tunnel that is gone is an absence on a refresh", async () => {
  const state = await tunnelConfig();
  cloud.cloudflare.state.tunnels.clear();
  expect(await engine.refresh(TUNNEL_CONFIG, state)).toBeUndefined();
});

test("a DNS record is created, updated, found changed and deleted", async () => {
  const program = { zoneId, name: "other.reri.co", type: "CNAME", content: "a.example", proxied: false, ttl: 300 };
  const created = await engine.create(DNS_RECORD, program);
  const changed = { ...program, content: "b.example", comment: "ours" };
  expect((await engine.diff(DNS_RECORD, created, changed)).kinds).toEqual({ content: UPDATE, comment: ADD });
  const updated = await engine.update(DNS_RECORD, created, changed);
  expect((await engine.diff(DNS_RECORD, updated, changed)).changes).toBe(DIFF_NONE);
  expect((await engine.diff(DNS_RECORD, updated, program)).kinds).toMatchObject({ comment: DELETE });
  expect((await engine.diff(DNS_RECORD, updated, { ...changed, zoneId: "z" })).kinds).toEqual({
    zoneId: UPDATE_REPLACE,
  });
  expect(cloud.cloudflare.state.records.get(created.id)).toMatchObject({ content: "b.example", ttl: 300 });
  await engine.delete(DNS_RECORD, updated);
  expect([...cloud.cloudflare.state.records.keys()]).toEqual([dnsRecordId]);
});

test("a comment that somebody removed by hand is drift", async () => {
  record().comment = "ours";
  const state = await dnsRecord();
  record().comment = null;
  const refreshed = (await engine.refresh(DNS_RECORD, state)) ?? state;
  expect((await engine.diff(DNS_RECORD, refreshed, state.inputs)).kinds).toEqual({ comment: ADD });
});

test("secrets in the provider's config are opened", async () => {
  const { apiToken } = cloud.cloudflare.state;
  await engine.configure({ apiToken: secret(apiToken), baseUrl: cloud.endpoints.cloudflare });
  expect((await dnsRecord()).id).toBe(dnsRecordId);
});

const PERMISSION = "check hub:cloudflare.apiToken and what it permits (Cloudflare Tunnel: Edit, DNS: Edit)";

test.each([
  [401, "10000 Authentication error", PERMISSION],
  [403, "9109 Unauthorized to access requested resource", PERMISSION],
  [
    429,
    "971 Please wait and consider throttling your request speed",
    "nothing was done; wait a minute and run it again",
  ],
  [500, "10001 Internal server error", "see https://www.cloudflarestatus.com and run it again"],
] as const)("Cloudflare's %i is one line that says what to check", async (status, reason, advice) => {
  cloud.cloudflare.faults.fail({ status });
  const path = `accounts/${accountId}/cfd_tunnel/${tunnelId}/configurations`;
  const line = `Cloudflare answered ${status} (${reason}) on GET ${path}: ${advice}`;
  await expect(engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId })).rejects.toThrow(new Error(line));
});

test("what Cloudflare says of a wrong value comes through", async () => {
  const update = engine.update(TUNNEL_CONFIG, await tunnelConfig(), wanted(HOST));
  await expect(update).rejects.toThrow(
    /^Cloudflare answered 400 \(1056 Bad Configuration: .*must match all URLs.* on PUT /,
  );
});

test("a wrong token is named by its key and never shown, wherever it stands", async () => {
  await engine.configure({ apiToken: dnsRecordId, baseUrl: cloud.endpoints.cloudflare });
  await expect(dnsRecord()).rejects.toThrow(
    new Error(
      `Cloudflare answered 403 (9109 Invalid access token) on GET zones/${zoneId}/dns_records/[secret]: ${PERMISSION}`,
    ),
  );
});

test("Cloudflare out of reach is one line", async () => {
  const state = await dnsRecord();
  await cloud.close();
  await expect(engine.refresh(DNS_RECORD, state)).rejects.toThrow(
    new Error(
      `Cloudflare did not answer GET zones/${zoneId}/dns_records/${dnsRecordId} (ECONNREFUSED): check the network, and ` +
        "hub:endpoints.cloudflare where it is set",
    ),
  );
});

test("a missing value of the provider's config is one clear line", async () => {
  await expect(engine.configure({ apiToken: "token" })).rejects.toThrow(
    new Error('the config of the provider "cloudflare": "baseUrl" is missing'),
  );
});
