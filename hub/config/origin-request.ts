import { z } from "zod";

const text = z.string().exactOptional();
const flag = z.boolean().exactOptional();
const number = z.number().exactOptional();

/**
 * How cloudflared connects to the origin of a rule, under the provider's property names. Times are in seconds.
 * Source: https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/cloudflared-parameters/origin-parameters/
 */
export const OriginRequest = z.strictObject({
  access: z.strictObject({ audTags: z.array(z.string()), required: flag, teamName: z.string() }).exactOptional(),
  caPool: text,
  connectTimeout: number,
  disableChunkedEncoding: flag,
  http2Origin: flag,
  httpHostHeader: text,
  keepAliveConnections: number,
  keepAliveTimeout: number,
  matchSnItoHost: flag,
  noHappyEyeballs: flag,
  noTlsVerify: flag,
  originServerName: text,
  proxyType: text,
  tcpKeepAlive: number,
  tlsTimeout: number,
});
export type OriginRequest = z.infer<typeof OriginRequest>;
