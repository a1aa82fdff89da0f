import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { expect, test } from "vitest";
import { toStruct } from "../protocol/properties.ts";
import { ask, secret } from "../protocol/test-client.ts";
import {
  accountId,
  DNS_RECORD,
  dnsRecordId,
  GET_TUNNEL_CONFIG,
  tunnelId,
  useCloudflareRig,
  zoneId,
} from "./test-rig.ts";

const rig = useCloudflareRig();

test.each(["short", `${"x".repeat(40)}!`])(
  "an API token with other characters is refused and not shown: %s",
  async (apiToken) => {
    const request = new proto.CheckRequest().setName("cloudflare").setNews(toStruct({ apiToken }));
    const answer = await ask<proto.CheckResponse>((done) => rig().engine.client.checkConfig(request, done));
    const [failure] = answer.getFailuresList();
    expect(failure?.getReason()).toContain("API tokens must only contain characters a-z, A-Z, 0-9");
    expect(failure?.getReason()).not.toContain(apiToken);
  },
);

test("secrets in the provider's config are unwrapped", async () => {
  const { apiToken } = rig().cloud.cloudflare.state;
  await rig().engine.configure({ apiToken: secret(apiToken), baseUrl: rig().cloud.endpoints.cloudflare });
  expect((await rig().dnsRecord()).id).toBe(dnsRecordId);
});

test.each([
  [401, "Unauthorized", 10000],
  [403, "Forbidden", 9109],
  [429, "Too Many Requests", 971],
  [500, "Internal Server Error", 10001],
] as const)("the error for Cloudflare's %i has the request and the whole answer", async (status, text, code) => {
  rig().cloud.cloudflare.faults.fail({ status });
  const url = `${rig().cloud.endpoints.cloudflare}/accounts/${accountId}/cfd_tunnel/${tunnelId}/configurations`;
  await expect(rig().engine.invoke(GET_TUNNEL_CONFIG, { accountId, tunnelId })).rejects.toThrow(
    `failed to make http request: GET "${url}": ${status} ${text} {"success":false,"errors":[{"code":${code},`,
  );
});

test("a wrong token is not shown", async () => {
  const apiToken = "x".repeat(40);
  await rig().engine.configure({ apiToken, baseUrl: rig().cloud.endpoints.cloudflare });
  const error = await rig().dnsRecord().catch(String);
  expect(error).toContain("403 Forbidden");
  expect(error).not.toContain(apiToken);
});

test("the error for an unreachable Cloudflare is one line", async () => {
  const state = await rig().dnsRecord();
  await rig().cloud.close();
  await expect(rig().engine.refresh(DNS_RECORD, state)).rejects.toThrow(
    new Error(
      `failed to make http request: GET "${rig().cloud.endpoints.cloudflare}/zones/${zoneId}/dns_records/${dnsRecordId}": ECONNREFUSED`,
    ),
  );
});

test("the error for a missing value of the provider's config is one line", async () => {
  await expect(rig().engine.configure({ apiToken: "token" })).rejects.toThrow(
    new Error('the config of the provider "cloudflare": "baseUrl" is missing'),
  );
});
