/**
 * The config of a tunnel as Cloudflare's API returns it, read whole: what this module does not know stays visible as a part of its own.
 * Source: https://developers.cloudflare.com/api/resources/zero_trust/subresources/tunnels/subresources/cloudflared/subresources/configurations/
 */
import { z } from "zod";
import { isMap } from "../values/maps.ts";
import { type NormalRule, normalRule, type Settings, setValues } from "./normal-rule.ts";

/** Origin settings that the provider, and so the stack's config, names differently from the API. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  audTag: "audTags",
  matchSNItoHost: "matchSnItoHost",
  noTLSVerify: "noTlsVerify",
};

const SettingsMap = z.record(z.string(), z.unknown()).nullish();

const RawRule = z.looseObject({
  hostname: z.string().nullish(),
  path: z.string().nullish(),
  service: z.string(),
  originRequest: SettingsMap,
});

/** A rule as the API returns it, under the API's names. */
export type RawRule = z.infer<typeof RawRule>;

const RawConfig = z.looseObject({ ingress: z.array(RawRule).nullish(), originRequest: SettingsMap });

/** A tunnel's config as the API returns it, and takes it in a `PUT`. */
export type RawConfig = z.infer<typeof RawConfig>;

/** The answer to a `GET` or a `PUT` of a tunnel's config, without its envelope. A new tunnel has no config. */
export const RawTunnel = z.looseObject({
  source: z.string().nullish(),
  /** Each write increases it by one. */
  version: z.number(),
  config: RawConfig.nullish(),
});
export type RawTunnel = z.infer<typeof RawTunnel>;

/** A tunnel's config under the names of the provider and of the stack's config, without values that are not set. */
export interface ReadTunnel {
  readonly source: string | null | undefined;
  readonly config: {
    readonly ingresses: readonly NormalRule[];
    readonly originRequest: Settings;
    /** The parts that neither the provider nor the stack's config has. */
    readonly others: Settings;
  };
}

/** Reads what Cloudflare returned. */
export function liveTunnel({ source, config }: RawTunnel): ReadTunnel {
  const { ingress, originRequest, ...others } = config ?? {};
  return {
    source,
    config: {
      ingresses: (ingress ?? []).map(liveRule),
      originRequest: underProviderNames(originRequest),
      others: withoutDefaults(setValues(others)),
    },
  };
}

/** A live rule under the names of the provider and of the stack's config. The dashboard's numbering of the rules (`id`) means nothing to cloudflared. */
export function liveRule({ id: _id, originRequest, ...rule }: RawRule): NormalRule {
  return normalRule({ ...rule, originRequest: underProviderNames(originRequest) });
}

function underProviderNames(settings: Settings | null | undefined): Settings {
  const named = Object.entries(settings ?? {}).map(([name, value]): [string, unknown] => [
    PROVIDER_NAMES[name] ?? name,
    isMap(value) ? underProviderNames(value) : value,
  ]);
  return setValues(Object.fromEntries(named));
}

/** Cloudflare adds `"warp-routing": { "enabled": false }` to a config without it, so a write does not drop that. */
function withoutDefaults({ "warp-routing": routing, ...others }: Settings): Settings {
  if (!isMap(routing) || routing.enabled !== false)
    return { ...others, ...(routing !== undefined && { "warp-routing": routing }) };
  const { enabled: _off, ...rest } = routing;
  return { ...others, ...(Object.keys(rest).length > 0 && { "warp-routing": routing }) };
}
