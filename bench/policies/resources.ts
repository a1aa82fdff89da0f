/** What the engine would send of a stack: half of it numbers, a tenth tunnel configs, the rest components. */
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { parseConfig } from "../../hub/config/parse.ts";
import { COMPONENT_TYPES, PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";
import { ingressRules } from "../../hub/hosts/ingress.ts";
import { buildManifest } from "../../hub/manifest.ts";
import { WEBHOOK_PROPERTIES } from "../../hub/urls/registered-url.ts";
import { registeredUrls } from "../../hub/urls/urls.ts";
import { readStackConfig, stackFile } from "../../tools/stack/stack-config.ts";

const { hub, source } = await readStackConfig(stackFile("loopback"));

/** What the engine puts into the pack's environment: the stack's config. */
export async function packEnvironment(): Promise<Record<string, string>> {
  const config = Object.fromEntries(Object.entries(hub).map(([key, value]) => [`hub:${key}`, JSON.stringify(value)]));
  return { PULUMI_CONFIG: JSON.stringify(config), PULUMI_PROJECT: "twilio-hub", PULUMI_STACK: "loopback" };
}

/** Requests about resources that are in order. */
export function resourceRequests(count: number): messages.AnalyzeRequest[] {
  const config = parseConfig(hub, source);
  const manifest = buildManifest(config);
  const { accountId, tunnelId } = config.cloudflare;
  const [first] = manifest.numbers;
  const methods = Object.fromEntries(WEBHOOK_PROPERTIES.map(({ method }) => [method, "POST"]));
  const number = { ...(first && registeredUrls(manifest, first.number)), ...methods };
  const ingresses = JSON.parse(JSON.stringify(ingressRules(manifest)));
  const tunnel = { accountId, tunnelId, source: "cloudflare", config: { ingresses } };
  return Array.from({ length: count }, (_, index) => {
    if (index % 2 === 0) return request(PHONE_NUMBER_TYPE, `number-${index}`, number);
    if (index % 10 === 1) return request(TUNNEL_CONFIG_TYPE, `ingress-${index}`, tunnel);
    return request(COMPONENT_TYPES.numbers, `numbers-${index}`, {});
  });
}

function request(
  type: string,
  name: string,
  properties: Parameters<typeof struct.Struct.fromJavaScript>[0],
): messages.AnalyzeRequest {
  const options = new messages.AnalyzerResourceOptions();
  options.setProtect(true);
  const asked = new messages.AnalyzeRequest();
  asked.setType(type);
  asked.setName(name);
  asked.setUrn(`urn:pulumi:loopback::twilio-hub::${type}::${name}`);
  asked.setProperties(struct.Struct.fromJavaScript(properties));
  asked.setOptions(options);
  return asked;
}
