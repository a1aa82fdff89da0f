import { afterEach, beforeEach, expect, test } from "vitest";
import { ingressRules } from "../../hub/hosts/ingress.ts";
import type { RawConfig, RawTunnel } from "../../hub/hosts/live-config.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { type CloudflareApi, startCloudflareApi } from "../../loopback/cloudflare/api.ts";
import { seedCloudflare, seedCredentials } from "../../loopback/seed.ts";
import { loopbackConfig } from "../../loopback/testing.ts";
import { type TunnelApi, tunnelApi } from "./tunnel-api.ts";
import { watchTunnel } from "./tunnel-watch.ts";
import { requireChecked, requireOneWrite } from "./tunnel-write.ts";

const config = loopbackConfig(18797);
const manifest = buildManifest(config);
const OURS: RawConfig = { ingress: ingressRules(manifest).map((rule) => ({ ...rule })) };
const NEIGHBOURS = { hostname: "forms.reri.co", service: "http://localhost:19999" };

let cloud: CloudflareApi;
let api: TunnelApi;
let checked: RawTunnel;

beforeEach(async () => {
  const credentials = seedCredentials(config);
  cloud = await startCloudflareApi(seedCloudflare(config, credentials));
  api = tunnelApi({ apiToken: credentials.apiToken, baseUrl: cloud.url }, config.cloudflare);
  checked = await api.read();
});
afterEach(() => cloud.close());

const guarded = () => ({ api, manifest, checked, account: config.cloudflare });
const theirs = (): RawConfig => ({ ...checked.config, ingress: [NEIGHBOURS, ...(checked.config?.ingress ?? [])] });
const live = async () => (await api.read()).config;

test("an unchanged config may be written, and one write is no interference", async () => {
  await requireChecked(guarded());
  const written = await api.write(OURS);
  await requireOneWrite(guarded(), [checked, written]);
});

test.each([
  ["a rule came", () => theirs(), "  + hostname forms.reri.co, path (any), service http://localhost:19999"],
  [
    "a part came",
    () => ({ ...checked.config, "warp-routing": { enabled: true } }),
    '  + warp-routing {"enabled":true}',
  ],
  [
    "a rule went",
    () => ({
      ...checked.config,
      ingress: checked.config?.ingress?.filter(({ service }) => !service.endsWith(":18793")),
    }),
    "  - hostname webhook.reri.co, path ^/salesmsg$, service http://localhost:18793",
  ],
  ["nothing that is read", () => ({ ...checked.config }), "  (nothing that this program reads)"],
])("a config that was written after the check is not written over: %s", async (_what, changed, line) => {
  await api.write(changed());
  await expect(requireChecked(guarded())).rejects.toThrow(
    `was written by somebody else during this run (version 1, now 2)`,
  );
  await expect(requireChecked(guarded())).rejects.toThrow(line);
});

test("what the watch saw between the check and the write is put back", async () => {
  const between = await api.write({ ...theirs(), "warp-routing": { enabled: true, maxActiveFlows: 7 } });
  const written = await api.write(OURS);
  await expect(requireOneWrite(guarded(), [checked, between, written])).rejects.toThrow(
    /\(version 1, now 3\)\. They changed:\n {2}\+ hostname forms\.reri\.co, .*\n {2}\+ warp-routing .*\nTheir config was put back whole \(version 4\)/s,
  );
  expect(await live()).toEqual(between.config);
});

test.each([
  ["a part beside the same rules", { "warp-routing": { enabled: true } }],
  ["a setting of the whole tunnel", { originRequest: { noTLSVerify: true } }],
])("what the watch saw is put back if it has this run's rules and %s", async (_what, part) => {
  const between = await api.write({ ...OURS, ...part });
  const written = await api.write(OURS);
  await expect(requireOneWrite(guarded(), [between, written])).rejects.toThrow("was put back whole");
  expect(await live()).toMatchObject(part);
});

test("of several writes in between the last one is put back", async () => {
  const first = await api.write({ ...theirs(), "warp-routing": { enabled: true } });
  const second = await api.write(theirs());
  const written = await api.write(OURS);
  await expect(requireOneWrite(guarded(), [first, second, written])).rejects.toThrow("(version 1, now 4)");
  expect(await live()).toMatchObject({ "warp-routing": { enabled: false } });
  expect((await live())?.ingress).toContainEqual(NEIGHBOURS);
});

test("a write in between that nobody saw fails the run, and says where to look", async () => {
  await api.write(theirs());
  const written = await api.write(OURS);
  await expect(requireOneWrite(guarded(), [checked, written])).rejects.toThrow("look in Cloudflare's audit log");
});

test("a write after the run's own stays, and fails the run", async () => {
  await api.write(OURS);
  await api.write(theirs());
  await expect(requireOneWrite(guarded(), [])).rejects.toThrow("Their config came last and is live:\n");
  expect((await live())?.ingress?.[0]).toEqual(NEIGHBOURS);
});

test("a write that the provider sent twice is no interference, if the watch saw both", async () => {
  const first = await api.write(OURS);
  await api.write(OURS);
  await requireOneWrite(guarded(), [checked, first]);
});

test("what cannot be put back is printed, with Cloudflare's reason", async () => {
  const between = await api.write(theirs());
  await api.write(OURS);
  cloud.faults.fail({ status: 400, method: "PUT" });
  await expect(requireOneWrite(guarded(), [between])).rejects.toThrow(
    /forms\.reri\.co.*Their config could not be put back \(Cloudflare answered 400 .*write it again by hand, now/s,
  );
});

test("the watch sees every version that stays for a while, once and in order, and outlives a failing look", async () => {
  cloud.faults.fail({ status: 404 });
  const watch = watchTunnel(() => api.read());
  // The look that is under way may still show the version before, so the one after it is awaited.
  const twoLooks = async () => {
    const looks = () => cloud.requests.filter(({ method }) => method === "GET").length;
    await expect.poll(looks, { timeout: 20_000 }).toBeGreaterThan(looks() + 2);
  };
  await twoLooks();
  await api.write(theirs());
  await twoLooks();
  await api.write(OURS);
  await twoLooks();
  expect((await watch.end()).map(({ version }) => version)).toEqual([1, 2, 3]);
});
