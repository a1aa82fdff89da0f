/**
 * The normal form of an ingress rule, which the program's check, the policy pack and `npm run adopt` share. Two rules are the same if their texts are
 * equal, whether they come from the config, from a resource or from Cloudflare.
 */
import { canonicalJson } from "../values/canonical-json.ts";
import { isMap } from "../values/maps.ts";

/** A map of settings, like a rule's `originRequest`. */
export type Settings = Readonly<Record<string, unknown>>;

/** A rule of any source. A value that is not set may be absent, null or empty. A live rule may have members that the config does not know. */
export interface AnyRule {
  readonly hostname?: string | null | undefined;
  readonly path?: string | null | undefined;
  readonly service: string;
  readonly originRequest?: object | null | undefined;
}

/** A rule without a value that is not set. */
export interface NormalRule {
  readonly hostname?: string;
  readonly path?: string;
  readonly service: string;
  readonly originRequest?: Settings;
}

/** The rule without its values that are not set. A member that the config does not know stays. */
export function normalRule({ hostname, path, service, originRequest, ...others }: AnyRule): NormalRule {
  const settings = setValues(originRequest);
  return {
    ...(hostname && { hostname }),
    ...(path && { path }),
    service,
    ...(Object.keys(settings).length > 0 && { originRequest: settings }),
    ...setValues(others),
  };
}

/** A rule as text: equal for two rules exactly if they are the same. */
export function ruleText(rule: AnyRule): string {
  return canonicalJson(normalRule(rule));
}

/** A rule as a line for a message. */
export function ruleLine(rule: AnyRule): string {
  const { hostname, path, service, ...others } = normalRule(rule);
  const settings = Object.entries(others).map(([name, value]) => `, ${name} ${canonicalJson(value)}`);
  return `hostname ${hostname ?? "(any)"}, path ${path ?? "(any)"}, service ${service}${settings.join("")}`;
}

/**
 * The values of a map that are set, at any depth. Cloudflare gives a value that is not set as absent, null or an empty map. The engine notes under
 * `__defaults` which values are a provider's own.
 */
export function setValues(value: object | null | undefined): Settings {
  const set = Object.entries(value ?? {})
    .filter(([name, inner]) => name !== "__defaults" && inner !== null && inner !== undefined)
    .map(([name, inner]): [string, unknown] => [name, isMap(inner) ? setValues(inner) : inner])
    .filter(([, inner]) => !isMap(inner) || Object.keys(inner).length > 0);
  return Object.fromEntries(set);
}
