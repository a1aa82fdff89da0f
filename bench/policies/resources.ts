/** The requests that the engine would send for a stack: half of them numbers, a tenth tunnel configs, the rest components. */
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

/** Returns the variables that the engine sets for the pack: the stack's config. */
export async function packEnvironment(): Promise<Record<string, string>> {
  const config = Object.fromEntries(Object.entries(hub).map(([key, value]) => [`hub:${key}`, JSON.stringify(value)]));
  return { PULUMI_CONFIG: JSON.stringify(config), PULUMI_PROJECT: "twilio-hub", PULUMI_STACK: "loopback" };
}

/** Makes requests about resources that violate no policy. */
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
  const message = new messages.AnalyzeRequest();
  message.setType(type);
  message.setName(name);
  message.setUrn(`urn:pulumi:loopback::twilio-hub::${type}::${name}`);
  message.setProperties(struct.Struct.fromJavaScript(properties));
  message.setOptions(options);
  return message;
}
