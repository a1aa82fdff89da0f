/** Seeded faults: an exchange that the documents accept, made wrong in one place. */
import type { DocumentSchema } from "../judge/documents.ts";
import type { Exchange } from "../site/exchange.ts";

/** A wrong exchange, and what is wrong with it. */
export interface Mutant {
  readonly what: string;
  readonly exchange: Exchange;
}

/** A text that no pattern, format or enumeration of the documents allows. */
export const WRONG = "no such value";

/** The schema that a reference means, or the schema itself. */
export function resolved(
  schema: DocumentSchema,
  schemas: Readonly<Record<string, DocumentSchema>>,
): DocumentSchema | undefined {
  return typeof schema.$ref === "string" ? schemas[schema.$ref.replace("#/components/schemas/", "")] : schema;
}

/** Whether a schema refuses {@link WRONG} where it allows another text. */
export function isConstrained(schema: DocumentSchema | undefined): boolean {
  if (schema === undefined) return false;
  return (
    ["pattern", "format", "enum"].some((key) => key in schema) || !["string", "array"].includes(String(schema.type))
  );
}
