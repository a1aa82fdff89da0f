/** Judges requests to Twilio by the documents. */
import { z } from "zod";
import type { Exchange } from "../site/exchange.ts";
import { type DocumentSchema, findOperation, type Operation } from "./documents.ts";
import { translate } from "./schema.ts";
import { compile, type Validate } from "./validate.ts";

const FORM = "application/x-www-form-urlencoded";
const FormSchema = z.object({
  properties: z.record(z.string(), z.record(z.string(), z.unknown())),
  required: z.array(z.string()).default([]),
});

/** A request, as far as it is judged. */
export type SentRequest = Pick<Exchange, "method" | "url" | "authorization" | "requestType" | "requestBody">;

/** Parameters in the document's words. */
export type Parameters = z.output<typeof FormSchema>;

/** Returns the problems of a request, one line each. */
export function judgeRequest(request: SentRequest): readonly string[] {
  const url = new URL(request.url);
  const found = findOperation(request.method, url);
  if (found === undefined) return ["no document has the operation"];
  const { operation, path } = found;
  return [
    ...(/^Basic [A-Za-z0-9+/]+=*$/.test(request.authorization) ? [] : ["it has no basic authentication"]),
    ...judgeParameters(operation, "path", new URLSearchParams(path)),
    ...judgeParameters(operation, "query", url.searchParams),
    ...judgeForm(operation, request),
  ];
}

/** The parameters of an operation's form; undefined if it takes no form. */
export function formOf({ requestBody }: Operation): Parameters | undefined {
  const schema = requestBody?.content[FORM]?.schema;
  return schema && FormSchema.parse(schema);
}

function judgeForm(operation: Operation, { requestType, requestBody }: SentRequest): readonly string[] {
  if (formOf(operation) === undefined) return requestBody === "" ? [] : ["the operation takes no body"];
  const type = requestType.split(";", 1)[0];
  if (requestBody !== "" && type !== FORM) return [`the body is ${type}, not a form`];
  return judgeParameters(operation, "form", new URLSearchParams(requestBody));
}

type Part = "path" | "query" | "form";

function parametersOf(operation: Operation, part: Part): Parameters {
  if (part === "form") return formOf(operation) ?? { properties: {}, required: [] };
  const parameters = operation.parameters.filter((parameter) => parameter.in === part);
  return {
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  };
}

const compiled = new Map<string, (given: URLSearchParams) => readonly string[]>();

function judgeParameters(operation: Operation, part: Part, given: URLSearchParams): readonly string[] {
  const key = `${operation.operationId} ${part}`;
  const judge = compiled.get(key) ?? parametersJudge(operation, part);
  compiled.set(key, judge);
  return judge(given).map((problem) => `${part} ${problem}`);
}

function parametersJudge(
  { schemas, ...operation }: Operation,
  part: Part,
): (given: URLSearchParams) => readonly string[] {
  const { properties, required } = parametersOf({ schemas, ...operation }, part);
  const translated = Object.entries(properties).map(([name, schema]) => [
    name,
    translate(schema, { schemas, knownErrors: [] }),
  ]);
  const validate: Validate = compile({
    ...{ type: "object", properties: Object.fromEntries(translated) },
    ...{ required, additionalProperties: false },
  });
  return (given) => {
    const names = [...new Set(given.keys())];
    return validate(Object.fromEntries(names.map((name) => [name, meaningOf(given.getAll(name), properties[name])])));
  };
}

/** The value that a parameter's texts mean. Texts that mean no such value stay as they are, and the schema refuses them. */
function meaningOf(texts: readonly string[], schema: DocumentSchema | undefined): unknown {
  const [text = "", ...others] = texts;
  if (schema?.type === "array" || others.length > 0) return texts;
  if (schema?.type === "boolean" && /^(true|false)$/.test(text)) return text === "true";
  if (["integer", "number"].includes(String(schema?.type)) && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return text;
}
