/**
 * Twilio's OpenAPI documents, as its MCP server on npm brings them. Their source is https://github.com/twilio/twilio-oai (MIT). Nothing else of that
 * package is used: `overrides` in package.json puts a package of types in the place of each dependency, so that no code of theirs is installed.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { z } from "zod";

const resolveFrom = createRequire(import.meta.url).resolve;

/** The hosts of the loopback cloud's Twilio, and the document of each. */
const FILES: Readonly<Record<string, string>> = {
  "api.twilio.com": "twilio_api_v2010",
  "messaging.twilio.com": "twilio_messaging_v1",
};

/** A schema of a document, in OpenAPI's dialect (https://spec.openapis.org/oas/v3.0.1#schema-object). */
export type DocumentSchema = Readonly<Record<string, unknown>>;

const Schema = z.record(z.string(), z.unknown());
const Parameter = z.object({
  name: z.string(),
  in: z.enum(["path", "query"]),
  required: z.boolean().default(false),
  schema: Schema,
});
const Content = z.object({
  schema: Schema,
  examples: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
});
const Body = z.object({ content: z.record(z.string(), Content).default({}) });
const OperationObject = z.object({
  operationId: z.string(),
  parameters: z.array(Parameter).default([]),
  requestBody: Body.optional(),
  responses: z.record(z.string(), Body),
});
const Document = z.object({
  paths: z.record(z.string(), z.looseObject({})),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});

/** An operation of a document. */
export interface Operation extends z.infer<typeof OperationObject> {
  /** Upper case. */
  readonly method: string;
  readonly host: string;
  /** The path with its parameters in braces, like `/2010-04-01/Accounts/{AccountSid}/Calls.json`. */
  readonly path: string;
  /** The document's schemas by name, for references. */
  readonly schemas: Readonly<Record<string, DocumentSchema>>;
}

const METHODS = ["GET", "POST", "DELETE"];

/** Every operation of the documents. */
export const OPERATIONS: readonly Operation[] = Object.entries(FILES).flatMap(([host, name]) => {
  const file = resolveFrom(`@twilio-alpha/mcp/twilio-oai/spec/json/${name}.json`);
  const { paths, components } = Document.parse(JSON.parse(readFileSync(file, "utf8")));
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.filter((method) => method.toLowerCase() in item).map((method) => ({
      ...OperationObject.parse(item[method.toLowerCase()]),
      ...{ method, host, path, schemas: components.schemas },
    })),
  );
});

/** The operation that a request asks for, and the values of its path's parameters; undefined if no document has it. */
export function findOperation(
  method: string,
  url: URL,
): { readonly operation: Operation; readonly path: Readonly<Record<string, string>> } | undefined {
  for (const operation of OPERATIONS) {
    if (operation.method !== method || operation.host !== url.hostname) continue;
    const match = templateOf(operation.path).exec(url.pathname);
    if (match !== null) return { operation, path: match.groups ?? {} };
  }
  return undefined;
}

const templates = new Map<string, RegExp>();

function templateOf(path: string): RegExp {
  const known = templates.get(path);
  if (known !== undefined) return known;
  // A parameter ends before a dot, so that `.json` is never part of one.
  const pattern = path.replaceAll(".", "\\.").replaceAll(/\{(\w+)\}/g, "(?<$1>[^/.]+)");
  const template = new RegExp(`^${pattern}$`);
  templates.set(path, template);
  return template;
}
