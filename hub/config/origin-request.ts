import { z } from "zod";

const text = z.string().exactOptional();
const flag = z.boolean().exactOptional();
/** cloudflared reads no fraction, neither of a second nor of a connection. */
const integer = z.int().exactOptional();

/**
 * How cloudflared connects to the origin of a rule, under the provider's property names. Times are in whole seconds.
 * Source: https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/configure-tunnels/cloudflared-parameters/origin-parameters/
 */
export const OriginRequest = z.strictObject({
  access: z.strictObject({ audTags: z.array(z.string()), required: flag, teamName: z.string() }).exactOptional(),
  caPool: text,
  connectTimeout: integer,
  disableChunkedEncoding: flag,
  http2Origin: flag,
  httpHostHeader: text,
  keepAliveConnections: integer,
  keepAliveTimeout: integer,
  matchSnItoHost: flag,
  noHappyEyeballs: flag,
  noTlsVerify: flag,
  originServerName: text,
  proxyType: text,
  tcpKeepAlive: integer,
  tlsTimeout: integer,
});
export type OriginRequest = z.infer<typeof OriginRequest>;
