/** The validator of JSON Schemas, with the formats of Twilio's documents. */
import { Ajv, type ErrorObject } from "ajv";
import addFormats from "ajv-formats";

/** A JSON Schema (https://json-schema.org/draft-07). */
export type JsonSchema = Readonly<Record<string, unknown>>;

const RFC_2822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d [+-]\d{4}$/;
const E164 = /^\+[1-9]\d{1,14}$/;
const ENDPOINT = /^(\+[1-9]\d{1,14}|sips?:\S+@\S+|client:\S+)$/;

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
// JSON Schema has no such formats. Their meaning is in the descriptions of the documents' properties.
ajv.addFormat("date-time-rfc-2822", (text) => RFC_2822.test(text) && !Number.isNaN(Date.parse(text)));
ajv.addFormat("phone-number", E164);
ajv.addFormat("endpoint", ENDPOINT);
ajv.addFormat("currency", /^[A-Z]{3}$/);
ajv.addFormat("twiml", /^\s*</);
ajv.addFormat("http-method", true);

/** Returns the problems of a value, one line each; none if the schema allows it. */
export type Validate = (value: unknown) => readonly string[];

/**
 * Compiles a schema.
 *
 * @throws Error if the schema is invalid, or has a format that nobody defined
 */
export function compile(schema: JsonSchema): Validate {
  const validate = ajv.compile(schema);
  return (value) => (validate(value) ? [] : (validate.errors ?? []).map(explain));
}

function explain({ instancePath, message = "", params }: ErrorObject): string {
  return `${instancePath || "/"} ${message} ${JSON.stringify(params)}`;
}
