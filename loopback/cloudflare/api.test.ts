import Cloudflare from "cloudflare";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type CloudflareApi, startCloudflareApi } from "./api.ts";
import { type CloudflareState, dnsRecord } from "./state.ts";

const ACCOUNT = "0a1b2c3d4e5f60718293a4b5c6d7e8f9";
const ZONE = "1b2c3d4e5f60718293a4b5c6d7e8f90a";
const TUNNEL = "6ff42ae2-765d-4adf-8112-31c55c1551ef";
const RECORD = "2c3d4e5f60718293a4b5c6d7e8f90a1b";
const TOKEN = "made-up-token";
const CATCH_ALL = { service: "http_status:404", hostname: "" };

let api: CloudflareApi;

beforeEach(async () => {
  const content = `${TUNNEL}.cfargotunnel.com`;
  const record = dnsRecord({ id: RECORD, name: "webhook.reri.co", type: "CNAME", content, proxied: true });
  const createdAt = "2026-01-01T00:00:00Z";
  const config = { ingress: [CATCH_ALL] };
  const tunnel = { id: TUNNEL, name: "reri-api", createdAt, config, version: 1, configuredAt: createdAt };
  const state: CloudflareState = {
    accountId: ACCOUNT,
    apiToken: TOKEN,
    tunnels: new Map([[TUNNEL, tunnel]]),
    zone: { id: ZONE, name: "reri.co" },
    records: new Map([[RECORD, record]]),
  };
  api = await startCloudflareApi(state);
});

afterEach(() => api.close());

const client = (apiToken = TOKEN) => new Cloudflare({ apiToken, baseURL: api.url, maxRetries: 0 });
const configurations = () => client().zeroTrust.tunnels.cloudflared.configurations;
const records = () => client().dns.records;

test("the SDK finds the zone and the tunnel by their names only", async () => {
  const tunnelsNamed = async (name: string) =>
    (await client().zeroTrust.tunnels.cloudflared.list({ account_id: ACCOUNT, name, is_deleted: false })).result;
  expect((await client().zones.list({ name: "reri.co" })).result).toMatchObject([
    { id: ZONE, account: { id: ACCOUNT } },
  ]);
  expect((await client().zones.list({ name: "webhook.reri.co" })).result).toEqual([]);
  expect(await tunnelsNamed("reri-api")).toMatchObject([{ id: TUNNEL, name: "reri-api" }]);
  expect(await tunnelsNamed("reri")).toEqual([]);
});

test("the SDK reads the tunnel and its configuration, and replaces the whole configuration", async () => {
  const params = { account_id: ACCOUNT };
  expect(await client().zeroTrust.tunnels.cloudflared.get(TUNNEL, params)).toMatchObject({ name: "reri-api" });
  const before = await configurations().get(TUNNEL, params);
  expect(before).toMatchObject({ account_id: ACCOUNT, tunnel_id: TUNNEL, version: 1, source: "cloudflare" });
  const rule = { hostname: "webhook.reri.co", path: "^/voice$", service: "http://127.0.0.1:18797" };
  const config = { ingress: [rule, CATCH_ALL] };
  await configurations().update(TUNNEL, { ...params, config });
  const after = await configurations().get(TUNNEL, params);
  expect(after).toMatchObject({ version: 2, config: { "warp-routing": { enabled: false } } });
  expect(after.config?.ingress).toEqual([rule, CATCH_ALL]);
});

test.each([
  ["no rule at all", [], /No ingress rules/],
  ["no catch-all", [{ hostname: "a.example", service: "http://localhost:1" }], /last ingress rule must match all/],
  ["an early catch-all", [CATCH_ALL, CATCH_ALL], /never be triggered/],
  ...["http_status:099", "http_status:1000", "http_status:ok", "localhost:1", "hello", "http://:1"].map(
    (service): [string, { hostname: string; service: string }[], RegExp] => [
      `the service ${service}`,
      [{ hostname: "a.example", service }, CATCH_ALL],
      /invalid HTTP status code|invalid address/,
    ],
  ),
  ["a service with a path", [{ hostname: "a.example", service: "http://localhost:1/x" }, CATCH_ALL], /different path/],
  ["a port in a hostname", [{ hostname: "a.example:443", service: "http://localhost:1" }, CATCH_ALL], /contain a port/],
  [
    "an inner wildcard",
    [{ hostname: "a.*.example", service: "http://localhost:1" }, CATCH_ALL],
    /at most one wildcard/,
  ],
  ["a wrong regex", [{ hostname: "a.example", path: "(", service: "http://localhost:1" }, CATCH_ALL], /invalid regex/],
])("an ingress with %s is refused and not stored", async (_what, ingress, message) => {
  const update = configurations().update(TUNNEL, { account_id: ACCOUNT, config: { ingress } });
  const error = await update.catch((caught: unknown) => caught);
  expect(error).toMatchObject({ status: 400, errors: [{ code: 1056, message: expect.stringMatching(message) }] });
  expect(api.state.tunnels.get(TUNNEL)).toMatchObject({ version: 1, config: { ingress: [CATCH_ALL] } });
});

test.each([
  ...["hello_world", "hello-world", "socks-proxy", "bastion", "unix:/run/a.sock", "unix+tls:/run/a.sock"],
  ...["http_status:100", "http_status:999", "ws://localhost:1", "ftp://localhost:21", "http://[::1]:80"],
])("an ingress with the service %s is stored", async (service) => {
  const ingress = [{ hostname: "a.example", service }, CATCH_ALL];
  await configurations().update(TUNNEL, { account_id: ACCOUNT, config: { ingress } });
  expect(api.state.tunnels.get(TUNNEL)?.config.ingress).toEqual(ingress);
});

test("the SDK creates, lists, changes and deletes DNS records", async () => {
  const zone = { zone_id: ZONE };
  const created = await records().create({ ...zone, name: "www", type: "A", content: "192.0.2.1", ttl: 300 });
  expect(created).toMatchObject({ name: "www.reri.co", ttl: 300, proxied: false });
  const named = [];
  for await (const record of records().list({ ...zone, name: { exact: "www.reri.co" } })) named.push(record.id);
  expect(named).toEqual([created.id]);
  const edited = await records().edit(created.id, { ...zone, name: "www", type: "A", ttl: 1, proxied: true });
  expect(edited).toMatchObject({ content: "192.0.2.1", proxied: true, ttl: 1, created_on: created.created_on });
  const overwritten = await records().update(created.id, {
    ...zone,
    name: "www",
    type: "A",
    ttl: 60,
    content: "192.0.2.2",
  });
  expect(overwritten).toMatchObject({ content: "192.0.2.2", proxied: false, ttl: 60 });
  expect(await records().delete(created.id, zone)).toEqual({ id: created.id });
  await expect(records().get(created.id, zone)).rejects.toMatchObject({ status: 404, errors: [{ code: 81044 }] });
});

test("a record that conflicts with an existing one is refused", async () => {
  const zone = { zone_id: ZONE, name: "webhook.reri.co", ttl: 1 };
  const same = { ...zone, type: "CNAME" as const, content: `${TUNNEL}.cfargotunnel.com`, proxied: true };
  await expect(records().create(same)).rejects.toMatchObject({ status: 400, errors: [{ code: 81058 }] });
  const address = { ...zone, type: "A" as const, content: "192.0.2.1" };
  await expect(records().create(address)).rejects.toMatchObject({ status: 400, errors: [{ code: 81053 }] });
});

test("a wrong token, a missing token and unknown IDs get Cloudflare's error codes", async () => {
  const wrong = client("wrong");
  const { cloudflared } = wrong.zeroTrust.tunnels;
  await expect(cloudflared.get(TUNNEL, { account_id: ACCOUNT })).rejects.toMatchObject({
    status: 403,
    errors: [{ code: 10000, message: "Authentication error" }],
  });
  await expect(wrong.dns.records.get(RECORD, { zone_id: ZONE })).rejects.toMatchObject({
    status: 403,
    errors: [{ code: 9109 }],
  });
  const bare = await fetch(`${api.url}/zones/${ZONE}/dns_records`);
  expect([bare.status, await bare.json()]).toMatchObject([400, { success: false, errors: [{ code: 9106 }] }]);
  await expect(configurations().get(RECORD, { account_id: ACCOUNT })).rejects.toMatchObject({
    status: 404,
    errors: [{ code: 1003 }],
  });
  const unknown = { status: 404, errors: [{ code: 7003 }] };
  await expect(configurations().get(TUNNEL, { account_id: ZONE })).rejects.toMatchObject(unknown);
  await expect(records().get(RECORD, { zone_id: ACCOUNT })).rejects.toMatchObject(unknown);
});

test("an injected fault fails one matching request, and every request is logged", async () => {
  api.faults.fail({ status: 429, path: "/configurations", retryAfterSeconds: 1 });
  const limited = configurations().get(TUNNEL, { account_id: ACCOUNT });
  await expect(limited).rejects.toMatchObject({ status: 429, errors: [{ code: 971 }] });
  await expect(configurations().get(TUNNEL, { account_id: ACCOUNT })).resolves.toMatchObject({ version: 1 });
  const logged = { method: "GET", path: `/client/v4/accounts/${ACCOUNT}/cfd_tunnel/${TUNNEL}/configurations` };
  expect(api.requests).toEqual([logged, logged]);
});
