import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type LoopbackCloud, startLoopbackCloud } from "../../cloud.ts";
import { loopbackConfig } from "../../testing.ts";
import type { ListeningServer } from "../protocol/grpc-server.ts";
import { toStruct, UNKNOWN } from "../protocol/properties.ts";
import { serveProvider } from "../protocol/provider-server.ts";
import { ask, connectEngine, type ResourceState, secret, type TestEngine } from "../protocol/test-client.ts";
import { cloudflareProvider } from "./provider.ts";

const TUNNEL_CONFIG = "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";
const GET_TUNNEL_CONFIG = "cloudflare:index/getZeroTrustTunnelCloudflaredConfig:getZeroTrustTunnelCloudflaredConfig";
const DNS_RECORD = "cloudflare:index/dnsRecord:DnsRecord";
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
  expect(ingress()).toEqual([HOST, CATCH_ALL]);
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
  const { diffs, kinds } = await engine.diff(TUNNEL_CONFIG, refreshed, program);
  expect([diffs, kinds]).toEqual([["config", "createdAt", "version"], {}]);
});

test("leaving out the source is no change, and another tunnel replaces", async () => {
  const state = await tunnelConfig();
  const { source: _source, ...silent } = wanted(...(ingress() ?? []));
  expect((await engine.diff(TUNNEL_CONFIG, state, silent)).changes).toBe(DIFF_NONE);
  const { replaces } = await engine.diff(TUNNEL_CONFIG, state, { ...silent, tunnelId: "another" });
  expect(replaces).toEqual(["tunnelId"]);
});

const SETTINGS = { noTlsVerify: true, matchSnItoHost: true, access: { audTags: ["a"], required: true, teamName: "t" } };

test("origin settings have the provider's names in the program and the API's at Cloudflare", async () => {
  const program = wanted({ ...HOST, originRequest: SETTINGS }, CATCH_ALL);
  const state = await engine.update(TUNNEL_CONFIG, await tunnelConfig(), program);
  expect(ingress()?.[0]?.originRequest).toEqual({
    ...{ noTLSVerify: true, matchSNItoHost: true, access: { audTag: ["a"], required: true, teamName: "t" } },
  });
  expect(state.outputs).toMatchObject(program);
  expect((await engine.diff(TUNNEL_CONFIG, state, program)).changes).toBe(DIFF_NONE);
  expect(await engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId })).toMatchObject({ config: program.config });
});

test("the tunnel's own origin settings are translated too", async () => {
  const program = { ...wanted(CATCH_ALL), config: { ingresses: [CATCH_ALL], originRequest: { noTlsVerify: true } } };
  await engine.update(TUNNEL_CONFIG, await tunnelConfig(), program);
  expect(cloud.cloudflare.state.tunnels.get(tunnelId)?.config).toMatchObject({ originRequest: { noTLSVerify: true } });
});

test("the API's name of an origin setting is refused in the program", async () => {
  const program = wanted({ ...HOST, originRequest: { noTLSVerify: true } }, CATCH_ALL);
  await expect(engine.update(TUNNEL_CONFIG, await tunnelConfig(), program)).rejects.toThrow(
    'ZeroTrustTunnelCloudflaredConfig.config.ingresses[0].originRequest: the stand-in does not know "noTLSVerify"',
  );
});

test("a refresh keeps the length of the ingress: a rule put in between shifts the later ones", async () => {
  const program = wanted(HOST, CATCH_ALL);
  const state = await engine.update(TUNNEL_CONFIG, await tunnelConfig(), program);
  const between = { hostname: "other.reri.co", service: "http://localhost:9" };
  ingress()?.splice(1, 0, between);
  const refreshed = (await engine.refresh(TUNNEL_CONFIG, state)) ?? state;
  expect(refreshed.inputs).toEqual(wanted(HOST, { service: between.service }));
  expect(refreshed.outputs).toMatchObject({ config: { ingresses: [HOST, between, CATCH_ALL] } });
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
      `failed to make http request: GET "${cloud.endpoints.cloudflare}/zones/${zoneId}/dns_records/${dnsRecordId}": 404 Not Found ` +
        '{"success":false,"errors":[{"code":81044,"message":"Record does not exist."}],"messages":[],"result":null}',
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
  const { diffs } = await engine.diff(DNS_RECORD, created, changed);
  expect(diffs).toEqual(["comment", "commentModifiedOn", "content", "modifiedOn"]);
  const updated = await engine.update(DNS_RECORD, created, changed);
  expect((await engine.diff(DNS_RECORD, updated, changed)).changes).toBe(DIFF_NONE);
  expect((await engine.diff(DNS_RECORD, updated, program)).diffs).toContain("comment");
  expect((await engine.diff(DNS_RECORD, updated, { ...changed, zoneId: "z" })).replaces).toEqual(["zoneId"]);
  expect(cloud.cloudflare.state.records.get(created.id)).toMatchObject({ content: "b.example", ttl: 300 });
  await engine.delete(DNS_RECORD, updated);
  expect([...cloud.cloudflare.state.records.keys()]).toEqual([dnsRecordId]);
});

test("a comment that somebody set or removed by hand is a change", async () => {
  const state = await dnsRecord();
  record().comment = "ours";
  const commented = (await engine.refresh(DNS_RECORD, state)) ?? state;
  expect((await engine.diff(DNS_RECORD, commented, state.inputs)).diffs).toEqual(["comment", "modifiedOn"]);
  record().comment = null;
  const bare = (await engine.refresh(DNS_RECORD, commented)) ?? commented;
  const { diffs } = await engine.diff(DNS_RECORD, bare, { ...state.inputs, comment: "ours" });
  expect(diffs).toEqual(["comment", "commentModifiedOn", "modifiedOn"]);
});

test("an absent proxied means that the record is not", async () => {
  const { proxied: _proxied, ...silent } = (await dnsRecord()).inputs;
  expect((await engine.diff(DNS_RECORD, await dnsRecord(), silent)).diffs).toEqual(["modifiedOn", "proxied"]);
});

test("a preview of a create knows what the program gives", async () => {
  const program = { zoneId, name: "other.reri.co", type: "CNAME", content: "a.example", proxied: false, ttl: 300 };
  const { outputs } = await engine.create(DNS_RECORD, program, true);
  expect(outputs).toMatchObject({ ...program, id: UNKNOWN, createdOn: UNKNOWN, modifiedOn: UNKNOWN });
});

test.each(["short", `${"x".repeat(40)}!`])(
  "an API token of other characters is refused unseen: %s",
  async (apiToken) => {
    const request = new proto.CheckRequest().setName("cloudflare").setNews(toStruct({ apiToken }));
    const answer = await ask<proto.CheckResponse>((done) => engine.client.checkConfig(request, done));
    const [failure] = answer.getFailuresList();
    expect(failure?.getReason()).toContain("API tokens must only contain characters a-z, A-Z, 0-9");
    expect(failure?.getReason()).not.toContain(apiToken);
  },
);

test("secrets in the provider's config are opened", async () => {
  const { apiToken } = cloud.cloudflare.state;
  await engine.configure({ apiToken: secret(apiToken), baseUrl: cloud.endpoints.cloudflare });
  expect((await dnsRecord()).id).toBe(dnsRecordId);
});

test.each([
  [401, "Unauthorized", 10000],
  [403, "Forbidden", 9109],
  [429, "Too Many Requests", 971],
  [500, "Internal Server Error", 10001],
] as const)("Cloudflare's %i comes through with the request and the whole answer", async (status, text, code) => {
  cloud.cloudflare.faults.fail({ status });
  const url = `${cloud.endpoints.cloudflare}/accounts/${accountId}/cfd_tunnel/${tunnelId}/configurations`;
  await expect(engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId })).rejects.toThrow(
    `failed to make http request: GET "${url}": ${status} ${text} {"success":false,"errors":[{"code":${code},`,
  );
});

test("the function fails where a refresh takes a tunnel for gone", async () => {
  cloud.cloudflare.state.tunnels.clear();
  await expect(engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId })).rejects.toThrow("404 Not Found");
});

test("what Cloudflare says of a wrong value comes through", async () => {
  const update = engine.update(TUNNEL_CONFIG, await tunnelConfig(), wanted(HOST));
  await expect(update).rejects.toThrow(
    /^failed to make http request: PUT .* 400 Bad Request .*1056.*must match all URLs/,
  );
});

test("a wrong token is not shown", async () => {
  const apiToken = "x".repeat(40);
  await engine.configure({ apiToken, baseUrl: cloud.endpoints.cloudflare });
  const error = await dnsRecord().catch(String);
  expect(error).toContain("403 Forbidden");
  expect(error).not.toContain(apiToken);
});

test("Cloudflare out of reach is one line", async () => {
  const state = await dnsRecord();
  await cloud.close();
  await expect(engine.refresh(DNS_RECORD, state)).rejects.toThrow(
    new Error(
      `failed to make http request: GET "${cloud.endpoints.cloudflare}/zones/${zoneId}/dns_records/${dnsRecordId}": ECONNREFUSED`,
    ),
  );
});

test("a missing value of the provider's config is one clear line", async () => {
  await expect(engine.configure({ apiToken: "token" })).rejects.toThrow(
    new Error('the config of the provider "cloudflare": "baseUrl" is missing'),
  );
});
