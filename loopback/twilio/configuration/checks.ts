/** The checks of a write against what the account has. */
import type { Context } from "hono";
import type { z } from "zod";
import { Problem } from "./problem.ts";
import type { Rule, Setting } from "./resources.ts";
import type { Resources } from "./state.ts";

/** The most resources of each kind in an account. */
export const MOST_RESOURCES = 50;

/**
 * Reads the body of a request. A property that is null counts as missing: Twilio's SDK for Python sends all that it knows.
 *
 * @throws Problem 59000 naming the first field that is wrong
 */
export async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.infer<Schema>> {
  const text = await c.req.text();
  return parsed(schema, text === "" ? {} : withoutNulls(jsonOf(text)));
}

/** @throws Problem 59000 naming the first field that is wrong */
export function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [first] = error.issues;
  throw new Problem(59000, `${first?.path.join(".")}: ${first?.message}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(59000, "the body is not JSON");
  }
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)]));
}

/** @throws Problem 59200 if the account has as many as it may have */
export function requireRoom({ size }: ReadonlyMap<string, unknown>, what: string): void {
  if (size >= MOST_RESOURCES) throw new Problem(59200, `the account already has ${MOST_RESOURCES} ${what}`);
}

/** @throws Problem 20404 if there is no such resource */
export function existing<Item>(items: ReadonlyMap<string, Item>, id: string): Item {
  const found = items.get(id);
  if (found === undefined) throw new Problem(20404, `${id} was not found`);
  return found;
}

/** @throws Problem 59201 or 59202 if the Rule's Settings do not exist or may not be used in it; 59103 if another Rule matches the same */
export function checkRule({ rules, settings }: Resources, rule: Rule): void {
  for (const { settingId } of rule.settings) {
    const setting = settings.get(settingId);
    if (setting === undefined) throw new Problem(59201, `settings: ${settingId} does not exist`);
    if (rule.matchType === "DEFAULT" && isBasic(setting)) {
      throw new Problem(59202, "settings: a default Rule cannot use Basic authentication");
    }
  }
  const others = [...rules.values()].filter(({ id }) => id !== rule.id);
  if (others.some((other) => matchOf(other) === matchOf(rule))) {
    throw new Problem(59103, `a Rule for ${matchOf(rule)} already exists`);
  }
}

function matchOf(rule: Rule): string {
  if (rule.matchType === "DEFAULT") return "DEFAULT";
  return `${rule.matchType} ${rule.matchType === "EXACT_MATCH" ? rule.value : rule.prefix}`;
}

function isBasic({ auth }: Setting): boolean {
  return auth.source === "INLINE" && auth.value.scheme === "BASIC";
}

/** @throws Problem 59201 if a Setting names a key or an AuthProfile that does not exist. The account has no AuthProfiles */
export function checkSetting(
  { sharedKeys }: Resources,
  { auth, signature }: Pick<Setting, "auth" | "signature">,
): void {
  if (auth.source === "REFERENCE") throw new Problem(59201, `auth.authProfileId: ${auth.authProfileId} does not exist`);
  if (signature?.type === "SHARED_KEY" && !sharedKeys.has(signature.sharedKeyId)) {
    throw new Problem(59201, `signature.sharedKeyId: ${signature.sharedKeyId} does not exist`);
  }
}
