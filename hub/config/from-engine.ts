import type { HubConfig } from "./config.ts";
import { CONFIG_NAMESPACE, ConfigError, parseConfig } from "./parse.ts";

/** The namespaces of a stack's config: the hub's, and the engine's (tags, settings). Only the program configures providers. */
const NAMESPACES: readonly string[] = [CONFIG_NAMESPACE, "pulumi"];

/**
 * Parses the config in the engine's form: every key has its namespace, every structured value is JSON.
 *
 * @param source the config's file, for the message (`Pulumi.prod.yaml`)
 * @throws ConfigError naming every key that is missing, unknown or wrong, or the keys outside these namespaces
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
