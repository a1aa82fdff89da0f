import { z } from "zod";
import { UserError } from "../values/user-error.ts";
import { HubConfig } from "./config.ts";
import { Hosts } from "./keys.ts";

/** The namespace of the stack's config keys. */
export const CONFIG_NAMESPACE = "hub";

/** The config is invalid. The message names each key, its problem and the place to fix it. It holds no secret. */
export class ConfigError extends UserError {
  override readonly name = "ConfigError";
}

/**
 * Parses the `hub:` part of a stack's config.
 *
 * @param raw the values by key, without the namespace; structured values are parsed already
 * @param source the config's file, for the message (`Pulumi.prod.yaml`)
 * @throws ConfigError naming every key that is missing, unknown or wrong
 */
export function parseConfig(raw: unknown, source: string): HubConfig {
  return parseKeys(HubConfig, raw, source);
}

/**
 * Parses only the hosts, for the FUNNEL-REGISTRY table, which needs no account.
 *
 * @throws ConfigError as {@link parseConfig} does
 */
export function parseHosts(raw: unknown, source: string): Hosts {
  return parseKeys(z.object({ hosts: Hosts }), raw, source).hosts;
}

/**
 * Parses the keys that a schema names and ignores the others.
 *
 * @throws ConfigError as {@link parseConfig} does
 */
export function parseKeys<Schema extends z.ZodType>(schema: Schema, raw: unknown, source: string): z.output<Schema> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => describe(issue, raw));
  const lines = problems.length === 1 ? ` ${problems[0]}` : problems.map((problem) => `\n  - ${problem}`).join("");
  throw new ConfigError(`${source} is not a valid config of the hub:${lines}`);
}

function describe(issue: z.core.$ZodIssue, raw: unknown): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `${keyName([...issue.path, key])}: unknown key; remove it or correct its name`);
  }
  return [`${keyName(issue.path)}: ${problem(issue, raw)}`];
}

function problem(issue: z.core.$ZodIssue, raw: unknown): string {
  if (issue.code !== "custom" && valueAt(raw, issue.path) === undefined) return "missing; set it";
  if (issue.code === "invalid_type" && issue.expected === "object") return "expected a map of keys and values";
  return issue.message;
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined),
    raw,
  );
}

function keyName(path: readonly PropertyKey[]): string {
  const [first, ...rest] = path;
  const tail = rest.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  return `${CONFIG_NAMESPACE}:${String(first ?? "")}${tail}`;
}
