/** The parameter of a bridged package: it names a provider in a Terraform registry. */
import proto from "@pulumi/pulumi/proto/provider_pb.js";
import { z } from "zod";

const Parameter = z.object({ remote: z.object({ url: z.string().min(1), version: z.string().min(1) }) });

/** The only provider that this stand-in supports. */
const TWILIO = { url: "registry.opentofu.org/twilio/twilio", version: "0.18.46" };

/**
 * Answers with the provider that a parameter names. It ignores the name and version of the request: the engine compares them.
 * Source: https://github.com/pulumi/pulumi-terraform-bridge/blob/master/dynamic/main.go
 *
 * @throws Error if the value is not a parameter, or names a provider that is not supported
 */
export function parameterize(value: proto.ParameterizeRequest.ParametersValue | undefined): proto.ParameterizeResponse {
  const text = Buffer.from(value?.getValue_asU8() ?? []).toString();
  const parsed = Parameter.safeParse(jsonOf(text));
  if (!parsed.success) throw new Error("failed to parse parameterized value: it does not name a remote provider");
  const { url, version } = parsed.data.remote;
  if (url !== TWILIO.url || version !== TWILIO.version) {
    throw new Error(`the bridge's stand-in supports only ${TWILIO.url} ${TWILIO.version}, not ${url} ${version}`);
  }
  return new proto.ParameterizeResponse().setName("twilio").setVersion(version);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
