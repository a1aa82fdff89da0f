/** Translates a rule's origin settings between the provider's names and the API's names. */
import { isBag, type Properties } from "../protocol/properties.ts";

type Names = Readonly<Record<string, string | readonly [apiName: string, inner: Names]>>;

/**
 * The API's names by the provider's names. `access` is nested, and has its own names inside.
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
 * Translates origin settings of the program into the API's.
 *
 * @param at their path in the program, for the error
 * @throws Error naming the setting, if the provider does not have it
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

/** Translates origin settings of the API into the provider's. Settings unknown to the provider are left out. */
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
