import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { expect, test } from "vitest";
import {
  accountId,
  CATCH_ALL,
  GET_TUNNEL_CONFIG,
  HOST,
  TUNNEL_CONFIG,
  tunnelId,
  useCloudflareRig,
  wanted,
} from "./test-rig.ts";

const { DIFF_NONE } = proto.DiffResponse.DiffChanges;
const rig = useCloudflareRig();

test("the import ID of a tunnel's config is <account>/<tunnel>", async () => {
  const { id, inputs } = await rig().tunnelConfig();
  expect(id).toBe(tunnelId);
  expect(inputs).toEqual(wanted(...rig().tunnel().config.ingress));
});

test("a tunnel's config replaces the whole ingress", async () => {
  const { outputs } = await rig().engine.update(TUNNEL_CONFIG, await rig().tunnelConfig(), wanted(HOST, CATCH_ALL));
  expect(rig().tunnel().config.ingress).toEqual([HOST, CATCH_ALL]);
  expect(outputs).toMatchObject({ version: 2, config: { ingresses: [HOST, CATCH_ALL] } });
});

test("creating a tunnel's config replaces the ingress too", async () => {
  const { id } = await rig().engine.create(TUNNEL_CONFIG, wanted(HOST, CATCH_ALL));
  expect(id).toBe(tunnelId);
  expect(rig().tunnel().config.ingress).toHaveLength(2);
});

test("deleting a tunnel's config does nothing", async () => {
  const before = structuredClone(rig().tunnel().config.ingress);
  const { requests } = rig().cloud.cloudflare;
  const state = await rig().tunnelConfig();
  const sent = requests.length;
  await rig().engine.delete(TUNNEL_CONFIG, state);
  expect(rig().tunnel().config.ingress).toEqual(before);
  expect(requests).toHaveLength(sent);
});

test("import, update, a clean second diff, and drift after a refresh", async () => {
  const program = wanted(HOST, CATCH_ALL);
  const state = await rig().engine.update(TUNNEL_CONFIG, await rig().tunnelConfig(), program);
  expect((await rig().engine.diff(TUNNEL_CONFIG, state, program)).changes).toBe(DIFF_NONE);
  rig().tunnel().config = { ingress: [{ ...HOST, path: "^/other$" }, CATCH_ALL] };
  const refreshed = (await rig().engine.refresh(TUNNEL_CONFIG, state)) ?? state;
  expect(refreshed.inputs).toMatchObject(wanted({ ...HOST, path: "^/other$" }, CATCH_ALL));
  const { diffs, kinds } = await rig().engine.diff(TUNNEL_CONFIG, refreshed, program);
  expect([diffs, kinds]).toEqual([["config", "createdAt", "version"], {}]);
});

test("leaving out the source is not a change, and another tunnel replaces", async () => {
  const state = await rig().tunnelConfig();
  const { source: _source, ...silent } = wanted(...rig().tunnel().config.ingress);
  expect((await rig().engine.diff(TUNNEL_CONFIG, state, silent)).changes).toBe(DIFF_NONE);
  const { replaces } = await rig().engine.diff(TUNNEL_CONFIG, state, { ...silent, tunnelId: "another" });
  expect(replaces).toEqual(["tunnelId"]);
});

const SETTINGS = { noTlsVerify: true, matchSnItoHost: true, access: { audTags: ["a"], required: true, teamName: "t" } };

test("origin settings have the provider's names in the program, and the API's names at Cloudflare", async () => {
  const program = wanted({ ...HOST, originRequest: SETTINGS }, CATCH_ALL);
  const state = await rig().engine.update(TUNNEL_CONFIG, await rig().tunnelConfig(), program);
  expect(rig().tunnel().config.ingress[0]?.originRequest).toEqual({
    ...{ noTLSVerify: true, matchSNItoHost: true, access: { audTag: ["a"], required: true, teamName: "t" } },
  });
  expect(state.outputs).toMatchObject(program);
  expect((await rig().engine.diff(TUNNEL_CONFIG, state, program)).changes).toBe(DIFF_NONE);
  expect(await rig().engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId })).toMatchObject({
    config: program.config,
  });
});

test("the tunnel's own origin settings are translated too", async () => {
  const program = { ...wanted(CATCH_ALL), config: { ingresses: [CATCH_ALL], originRequest: { noTlsVerify: true } } };
  await rig().engine.update(TUNNEL_CONFIG, await rig().tunnelConfig(), program);
  expect(rig().tunnel().config).toMatchObject({ originRequest: { noTLSVerify: true } });
});

test("the API's name for an origin setting is refused in the program", async () => {
  const program = wanted({ ...HOST, originRequest: { noTLSVerify: true } }, CATCH_ALL);
  await expect(rig().engine.update(TUNNEL_CONFIG, await rig().tunnelConfig(), program)).rejects.toThrow(
    'ZeroTrustTunnelCloudflaredConfig.config.ingresses[0].originRequest: the stand-in does not know "noTLSVerify"',
  );
});

test("a refresh keeps the ingress's length: an inserted rule shifts the later rules", async () => {
  const program = wanted(HOST, CATCH_ALL);
  const state = await rig().engine.update(TUNNEL_CONFIG, await rig().tunnelConfig(), program);
  const between = { hostname: "other.reri.co", service: "http://localhost:9" };
  rig().tunnel().config.ingress.splice(1, 0, between);
  const refreshed = (await rig().engine.refresh(TUNNEL_CONFIG, state)) ?? state;
  expect(refreshed.inputs).toEqual(wanted(HOST, { service: between.service }));
  expect(refreshed.outputs).toMatchObject({ config: { ingresses: [HOST, between, CATCH_ALL] } });
});

test("a setting that the stand-in does not know is refused", async () => {
  const program = wanted({ ...HOST, orignRequest: { httpHostHeader: "a.b" } }, CATCH_ALL);
  await expect(rig().engine.update(TUNNEL_CONFIG, await rig().tunnelConfig(), program)).rejects.toThrow(
    new Error('ZeroTrustTunnelCloudflaredConfig: the stand-in does not know "config.ingresses.0.orignRequest"'),
  );
});

test("getZeroTrustTunnelCloudflaredConfig returns the live rules", async () => {
  const found = await rig().engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId });
  expect(found).toMatchObject({ accountId, tunnelId, config: { ingresses: rig().tunnel().config.ingress } });
});

test("a deleted tunnel is absent on a refresh", async () => {
  const state = await rig().tunnelConfig();
  rig().cloud.cloudflare.state.tunnels.clear();
  expect(await rig().engine.refresh(TUNNEL_CONFIG, state)).toBeUndefined();
});

test("the function fails for a deleted tunnel", async () => {
  rig().cloud.cloudflare.state.tunnels.clear();
  await expect(rig().engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId })).rejects.toThrow("404 Not Found");
});

test("Cloudflare's message about a wrong value is shown", async () => {
  const update = rig().engine.update(TUNNEL_CONFIG, await rig().tunnelConfig(), wanted(HOST));
  await expect(update).rejects.toThrow(
    /^failed to make http request: PUT .* 400 Bad Request .*1056.*must match all URLs/,
  );
});

test.each([{ hostname: "" }, { path: "" }, { originRequest: {} }])(
  "an empty value from the API is kept, and is a change: %o",
  async (empty) => {
    const state = await rig().tunnelConfig();
    rig()
      .tunnel()
      .config.ingress.splice(-1, 1, { ...CATCH_ALL, ...empty });
    const refreshed = (await rig().engine.refresh(TUNNEL_CONFIG, state)) ?? state;
    const { diffs } = await rig().engine.diff(TUNNEL_CONFIG, refreshed, state.inputs);
    expect(diffs).toEqual(["config", "createdAt", "version"]);
    expect((await rig().tunnelConfig()).inputs).toEqual(state.inputs);
  },
);

test("a program without a config changes the config", async () => {
  const state = await rig().tunnelConfig();
  const { diffs } = await rig().engine.diff(TUNNEL_CONFIG, state, { accountId, tunnelId, source: "cloudflare" });
  expect(diffs).toEqual(["config", "createdAt", "version"]);
});
