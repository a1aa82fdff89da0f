import type { z } from "zod";
import type { Properties } from "./properties.ts";

/**
 * Parses a property bag with a schema.
 *
 * @param owner the properties' owner, for the error
 * @throws Error if properties are wrong, missing or unknown: one line that names each of them and shows no values
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  properties: Properties,
  owner: string,
): z.output<Schema> {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Error(`${owner}: ${parsed.error.issues.map((issue) => problem(issue, properties)).join("; ")}`);
}

function problem(issue: z.core.$ZodIssue, properties: Properties): string {
  const path = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    const keys = issue.keys.map((key) => `"${path === "" ? key : `${path}.${key}`}"`);
    return `the stand-in does not know ${keys.join(", ")}`;
  }
  if (issue.code === "invalid_type" && valueAt(properties, issue.path) === undefined) return `"${path}" is missing`;
  return `"${path}": ${issue.message}`;
}

function valueAt(properties: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined),
    properties,
  );
}
