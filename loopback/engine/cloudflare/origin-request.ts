/** The origin settings of a rule: the provider's names on one side, the API's on the other. */
import { isBag, type Properties } from "../protocol/properties.ts";

type Names = Readonly<Record<string, string | readonly [apiName: string, inner: Names]>>;

/**
 * The API's name by the provider's; `access` has names of its own inside.
 * Source: https://github.com/cloudflare/terraform-provider-cloudflare/blob/main/internal/services/zero_trust_tunnel_cloudflared_config/model.go
 */
const NAMES: Names = {
  access: ["access", { audTags: "audTag", required: "required", teamName: "teamName" }],
  caPool: "caPool",
  connectTimeout: "connectTimeout",
  disableChunkedEncoding: "disableChunkedEncoding",
  http2Origin: "http2Origin",
  httpHostHeader: "httpHostHeader",
  keepAliveConnections: "keepAliveConnections",
  keepAliveTimeout: "keepAliveTimeout",
  matchSnItoHost: "matchSNItoHost",
  noHappyEyeballs: "noHappyEyeballs",
  noTlsVerify: "noTLSVerify",
  originServerName: "originServerName",
  proxyType: "proxyType",
  tcpKeepAlive: "tcpKeepAlive",
  tlsTimeout: "tlsTimeout",
};

/**
 * Origin settings of the program, as the API takes them.
 *
 * @param at where they stand, for the error
 * @throws Error naming a setting that the provider does not have
 */
export function toApi(settings: Properties, at: string, names = NAMES): Properties {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => {
      const known = names[name];
      if (known === undefined) throw new Error(`${at}: the stand-in does not know "${name}"`);
      const [apiName, inner] = typeof known === "string" ? [known] : known;
      return [apiName, inner && isBag(value) ? toApi({ ...value }, `${at}.${name}`, inner) : value];
    }),
  );
}

/** Origin settings of the API, as the provider gives them. It leaves out what it has no name for. */
export function fromApi(settings: Properties, names = NAMES): Properties {
  return Object.fromEntries(
    Object.entries(names).flatMap(([name, known]) => {
      const [apiName, inner] = typeof known === "string" ? [known] : known;
      const value = settings[apiName];
      if (value === undefined || value === null) return [];
      return [[name, inner && isBag(value) ? fromApi({ ...value }, inner) : value]];
    }),
  );
}
