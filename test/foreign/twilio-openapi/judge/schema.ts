/** JSON Schemas from the schemas of Twilio's documents. In an answer, an object has each property of its schema and of its examples, and no other. */
import type { DocumentSchema } from "./documents.ts";
import type { KnownError } from "./known-errors.ts";
import type { JsonSchema } from "./validate.ts";

/** The context of a translation. */
export interface Translation {
  /** The document's schemas by name. */
  readonly schemas: Readonly<Record<string, DocumentSchema>>;
  readonly knownErrors: readonly KnownError[];
}

/** The keywords that mean the same in both dialects. */
const SHARED = ["type", "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "enum"];
/** The keywords that this module reads, and those that say nothing about a value. */
const READ = [...SHARED, "properties", "items", "nullable", "required", "$ref"];
const SILENT = ["title", "description", "default", "example"];
/** The formats of objects. JSON Schema has formats of texts and numbers only. */
const OBJECT_FORMATS = ["uri-map", "phone-number-capabilities"];

/**
 * Translates a schema.
 *
 * @param examples the document's examples of the value. They show properties that the schema lacks
 * @throws Error if the schema has a keyword that this module does not know, or a reference to a schema that the document lacks
 */
export function translate(schema: DocumentSchema, context: Translation, examples: readonly unknown[] = []): JsonSchema {
  const { $ref: reference, title } = schema;
  if (typeof reference === "string") {
    const name = reference.replace("#/components/schemas/", "");
    const target = context.schemas[name];
    if (target === undefined) throw new Error(`the document has no schema ${name}`);
    return translate({ ...target, title: name }, context, examples);
  }
  const unknown = Object.keys(schema).find((key) => ![...READ, ...SILENT].includes(key) && !key.startsWith("x-"));
  if (unknown !== undefined)
    throw new Error(`a schema of the document has the keyword ${unknown}, which is not read here`);
  if (schema.type === "object") return objectSchema(schema, String(title ?? ""), context, examples);
  const { items } = schema;
  const shared = Object.fromEntries(SHARED.filter((key) => key in schema).map((key) => [key, schema[key]]));
  return nullable(schema, {
    // A schema without a type, like that of a recording's encryption: only the examples tell it.
    ...(!("type" in schema) && examples.length > 0 && { type: typesOf(examples) }),
    ...shared,
    ...(isRecord(items) && {
      items: translate(
        items,
        context,
        examples.flatMap((example) => example ?? []),
      ),
    }),
  });
}

function objectSchema(
  schema: DocumentSchema,
  name: string,
  context: Translation,
  examples: readonly unknown[],
): JsonSchema {
  const shown = examples.filter(isRecord);
  const described = isRecord(schema.properties) ? schema.properties : {};
  const corrections = context.knownErrors.filter((known) => known.schema.test(name));
  const missing = missingProperties(corrections);
  const undescribed = [...new Set(shown.flatMap((example) => Object.keys(example)))].filter(
    (key) => !(key in described),
  );
  // An object without any known property may have any, like the rate limits of a campaign.
  if (Object.keys(described).length + undescribed.length === 0 || isFree(schema))
    return nullable(schema, { type: "object" });
  const known = Object.entries(described).map(([key, value]) => {
    const translated = translate(
      isRecord(value) ? value : {},
      context,
      shown.map((example) => example[key]),
    );
    return [key, correct(translated, corrections, key)] as const;
  });
  const always = undescribed.filter((key) => shown.every((example) => key in example));
  return nullable(schema, {
    type: "object",
    properties: {
      ...missing,
      ...Object.fromEntries(undescribed.map((key) => [key, inferred(shown.map((example) => example[key]))])),
      ...Object.fromEntries(known),
    },
    required: [...new Set([...Object.keys(described), ...Object.keys(missing), ...always])],
    additionalProperties: false,
  });
}

/** Whether the document says of an object only that it is an object. */
function isFree({ properties, format }: DocumentSchema): boolean {
  return properties === undefined && format === undefined;
}

/** The schema of a value that only examples show. */
function inferred(examples: readonly unknown[]): JsonSchema {
  const shown = examples.filter(isRecord);
  if (shown.length === 0) return { type: typesOf(examples) };
  const keys = [...new Set(shown.flatMap((example) => Object.keys(example)))];
  return {
    type: ["object", "null"],
    properties: Object.fromEntries(keys.map((key) => [key, inferred(shown.map((example) => example[key]))])),
    required: keys.filter((key) => shown.every((example) => key in example)),
    additionalProperties: false,
  };
}

/** The types of values, and null: an example seldom shows an unset value. */
function typesOf(values: readonly unknown[]): string[] {
  const types = values
    .filter((value) => value !== undefined && value !== null)
    .map((value) => (Array.isArray(value) ? "array" : typeof value));
  return [...new Set([...types, "null"])];
}

/** The properties that the document lacks, with their schemas. */
function missingProperties(corrections: readonly KnownError[]): Readonly<Record<string, JsonSchema>> {
  const pairs = corrections.flatMap(({ properties, correction }) =>
    typeof correction === "string" ? [] : properties.map((key) => [key, correction] as const),
  );
  return Object.fromEntries(pairs);
}

function correct(schema: JsonSchema, corrections: readonly KnownError[], property: string): JsonSchema {
  const correction = corrections.find(({ properties }) => properties.includes(property))?.correction;
  if (correction === "may be empty") return { anyOf: [{ const: "" }, schema] };
  if (correction === "may be null") return { anyOf: [{ type: "null" }, schema] };
  if (correction === "is relative") return { ...schema, format: "uri-reference", pattern: "^/" };
  return schema;
}

function nullable({ nullable: isNullable, type, format }: DocumentSchema, schema: JsonSchema): JsonSchema {
  const { format: _format, ...others } = schema;
  const kept = OBJECT_FORMATS.includes(String(format)) ? others : schema;
  if (isNullable !== true || type === undefined) return kept;
  return { ...kept, type: [type, "null"], ...(Array.isArray(kept.enum) && { enum: [...kept.enum, null] }) };
}

/** Whether a value is an object, and not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
