import type { HubConfig } from "./config.ts";
import { CONFIG_NAMESPACE, ConfigError, parseConfig } from "./parse.ts";

/** Whose keys a stack's config may hold: the hub's, and the engine's own (tags, settings). Providers are configured by the program alone. */
const NAMESPACES: readonly string[] = [CONFIG_NAMESPACE, "pulumi"];

/**
 * Parses the config as the engine hands it over: every key with its namespace, every structured value as JSON.
 *
 * @param source where the config stands, for the message (`Pulumi.prod.yaml`)
 * @throws ConfigError naming every key that is missing, unknown or wrong
 */
export function parseEngineConfig(config: Readonly<Record<string, string>>, source: string): HubConfig {
  const keys = Object.keys(config).map((key) => ({ key, namespace: key.slice(0, key.indexOf(":")) }));
  const foreign = keys.filter(({ namespace }) => !NAMESPACES.includes(namespace)).map(({ key }) => key);
  if (foreign.length > 0) {
    throw new ConfigError(
      `${source} has keys outside the namespace "${CONFIG_NAMESPACE}": ${foreign.join(", ")}; remove them`,
    );
  }
  const own = keys.filter(({ namespace }) => namespace === CONFIG_NAMESPACE);
  const values = own.map(({ key }) => [key.slice(CONFIG_NAMESPACE.length + 1), parseValue(config[key] ?? "")]);
  return parseConfig(Object.fromEntries(values), source);
}

function parseValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
