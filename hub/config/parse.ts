import { z } from "zod";
import { declaredGates } from "../gate/declared-gates.ts";
import { gatesOn, type SenderGates } from "../gate/gates-on.ts";
import { UserError } from "../values/user-error.ts";
import { HubConfig } from "./config.ts";
import { Hosts, HubKeys, type HubNumber } from "./keys.ts";

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

/** The keys that may approve texts. Tools read them alone: any other key may be missing or wrong. */
export const SenderKeys = z.object(HubKeys.pick({ numbers: true, owners: true, tendlc: true, tollfree: true }).shape);

/** The hub's numbers, and their gates at a time. */
export interface Senders {
  readonly numbers: readonly HubNumber[];
  readonly gates: SenderGates;
}

/**
 * Parses the numbers and their gates.
 *
 * @param now the time of the gates
 * @throws ConfigError naming every key that may approve texts and is missing or wrong
 */
export function parseSenders(raw: unknown, source: string, now: Date): Senders {
  const keys = parseKeys(SenderKeys, raw, source);
  return { numbers: keys.numbers, gates: gatesOn(declaredGates(keys), now) };
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
