/**
 * The origin settings of a rule, or of a whole tunnel, under the API's names.
 * Source: https://github.com/cloudflare/cloudflared/blob/2026.8.2/config/configuration.go (`OriginRequestConfig`)
 */
import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";

const text = z.string().nullish();
const flag = z.boolean().nullish();
/** cloudflared reads no fraction, neither of a second nor of a connection. */
const integer = z.int().nullish();

/** Settings as they are put. A member that cloudflared does not know stays. */
export const OriginRequest = z.looseObject({
  access: z
    .looseObject({
      audTag: z.array(z.string()).nullish(),
      required: flag,
      teamName: text,
    })
    .nullish(),
  bastionMode: flag,
  caPool: text,
  connectTimeout: integer,
  disableChunkedEncoding: flag,
  http2Origin: flag,
  httpHostHeader: text,
  ipRules: z.array(z.looseObject({ prefix: text, ports: z.array(z.int()).nullish(), allow: flag })).nullish(),
  keepAliveConnections: integer,
  keepAliveTimeout: integer,
  matchSNItoHost: flag,
  noHappyEyeballs: flag,
  noTLSVerify: flag,
  originServerName: text,
  proxyType: text,
  tcpKeepAlive: integer,
  tlsTimeout: integer,
});
export type OriginRequest = z.infer<typeof OriginRequest>;

/** The problem of the IP rules of a SOCKS proxy, or undefined if cloudflared accepts them. */
export function ipRulesProblem({ ipRules }: OriginRequest): string | undefined {
  for (const { prefix, ports } of ipRules ?? []) {
    if (!prefix) return "unable to create ip rule for socks-proxy: no prefix provided";
    if (!isCidr(prefix)) return `unable to create ip rule for socks-proxy: unable to parse cidr: ${prefix}`;
    const port = ports?.find((given) => given < 1 || given > 65_535);
    if (port !== undefined)
      return `unable to create ip rule for socks-proxy: invalid port ${port}, needs to be between 1 and 65535`;
  }
  return undefined;
}

function isCidr(prefix: string): boolean {
  const [, address = "", length = ""] = /^([^/%]+)\/(\d{1,3})$/.exec(prefix) ?? [];
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : -1;
  return length !== "" && Number(length) <= bits;
}

/** The problem of the access settings, or undefined if cloudflared accepts them. */
export function accessProblem({ access }: OriginRequest): string | undefined {
  if (!access?.required || access.teamName || (access.audTag ?? []).length === 0) return undefined;
  return "access.TeamName cannot be blank when access.audTags are present";
}
