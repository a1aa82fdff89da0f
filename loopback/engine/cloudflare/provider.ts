/** A stand-in for the provider `cloudflare` 6.22.1. It uses Cloudflare's own SDK. */
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import type Cloudflare from "cloudflare";
import { z } from "zod";
import { parse } from "../protocol/parse.ts";
import { fromStruct, markedSecret, toStruct } from "../protocol/properties.ts";
import type { ProviderStandIn } from "../protocol/provider-server.ts";
import { cloudflareClient } from "./client.ts";
import { dnsRecord } from "./dns-record.ts";
import { getTunnelConfig, tunnelConfig } from "./tunnel-config.ts";

const ProviderConfig = z.object({ apiToken: z.string().min(1), baseUrl: z.string().min(1) });

/** https://github.com/cloudflare/terraform-provider-cloudflare/blob/main/internal/provider.go */
const API_TOKEN = /^[0-9A-Za-z\-_]{40,80}$/;

/** The provider as the engine sees it. `baseUrl` is required as well as `apiToken`, so that it never calls the real Cloudflare. */
export const cloudflareProvider: ProviderStandIn<Cloudflare> = {
  name: "cloudflare",
  version: "6.22.1",
  abilities: { acceptSecrets: false, acceptOutputs: false, autonaming: true },
  checkConfig,
  diffConfig: () => new proto.DiffResponse(),
  configure: (config) => cloudflareClient(parse(ProviderConfig, config, 'the config of the provider "cloudflare"')),
  resources: {
    "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": tunnelConfig,
    "cloudflare:index/dnsRecord:DnsRecord": dnsRecord,
  },
  functions: {
    "cloudflare:index/getZeroTrustTunnelCloudflaredConfig:getZeroTrustTunnelCloudflaredConfig": getTunnelConfig,
  },
};

/** Marks the token as a secret, and checks its characters without showing it. */
function checkConfig(request: proto.CheckRequest): proto.CheckResponse {
  const { apiToken, ...config } = fromStruct(request.getNews());
  const response = new proto.CheckResponse();
  response.setInputs(toStruct({ ...config, ...(apiToken !== undefined && { apiToken: markedSecret(apiToken) }) }));
  if (apiToken === undefined || (typeof apiToken === "string" && API_TOKEN.test(apiToken))) return response;
  const reason =
    "could not validate provider configuration: Invalid Attribute Value. Attribute api_token API tokens must only contain characters a-z, A-Z, 0-9, hyphens and underscores. " +
    `Examine values at '${request.getName()}.apiToken'.`;
  return response.setFailuresList([new proto.CheckFailure().setReason(reason)]);
}
