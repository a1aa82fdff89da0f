/** Judges the answers of the loopback cloud's Twilio by the documents. */

import { z } from "zod";
import type { Exchange } from "../site/exchange.ts";
import { findOperation, type Operation } from "./documents.ts";
import { KNOWN_ERRORS, type KnownError } from "./known-errors.ts";
import { translate } from "./schema.ts";
import { compile, type Validate } from "./validate.ts";

/** An answer, as far as it is judged. */
export type Answer = Pick<Exchange, "method" | "url" | "status" | "type" | "body">;

const JSON_TYPE = "application/json";
const Refusal = z.object({ code: z.number(), more_info: z.string(), status: z.number() });

/**
 * The documents describe no refusal. This is its shape everywhere (https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions).
 */
const refusal = compile({
  type: "object",
  properties: {
    code: { type: "integer", minimum: 10_000, maximum: 99_999 },
    message: { type: "string", minLength: 1 },
    more_info: { type: "string", format: "uri" },
    status: { type: "integer" },
  },
  required: ["code", "message", "more_info", "status"],
  additionalProperties: false,
});

/**
 * Returns the problems of an answer, one line each.
 *
 * @throws Error if no document has the operation
 */
export function judgeAnswer(answer: Answer, knownErrors: readonly KnownError[] = KNOWN_ERRORS): readonly string[] {
  const operation = operationOf(answer);
  if (answer.status >= 400) return judgeRefusal(answer);
  const body = operation.responses[String(answer.status)];
  if (body === undefined) return [`the document has no answer ${answer.status}`];
  const content = body.content[JSON_TYPE];
  if (content === undefined) return answer.body === "" ? [] : ["the document's answer has no body"];
  return judgeJson(answer, schemaOf(operation, answer.status, knownErrors));
}

/**
 * The operation of an exchange.
 *
 * @throws Error if no document has it
 */
export function operationOf({ method, url }: Pick<Exchange, "method" | "url">): Operation {
  const found = findOperation(method, new URL(url));
  if (found === undefined) throw new Error(`no document has ${method} ${url}`);
  return found.operation;
}

function judgeRefusal(answer: Answer): readonly string[] {
  const problems = judgeJson(answer, refusal);
  if (problems.length > 0) return problems;
  const { code, more_info, status } = Refusal.parse(JSON.parse(answer.body));
  return [
    ...(status === answer.status ? [] : [`/status is ${status}, but the answer's is ${answer.status}`]),
    ...(more_info === `https://www.twilio.com/docs/errors/${code}` ? [] : ["/more_info is not the page of the code"]),
  ];
}

function judgeJson({ type, body }: Answer, validate: Validate): readonly string[] {
  if (type.split(";", 1)[0] !== JSON_TYPE) return [`the content type is ${type}`];
  try {
    return validate(JSON.parse(body));
  } catch {
    return ["the body is not JSON"];
  }
}

const compiled = new WeakMap<readonly KnownError[], Map<string, Validate>>();

function schemaOf(operation: Operation, status: number, knownErrors: readonly KnownError[]): Validate {
  const byOperation = compiled.get(knownErrors) ?? new Map<string, Validate>();
  compiled.set(knownErrors, byOperation);
  const key = `${operation.operationId} ${status}`;
  const known = byOperation.get(key);
  if (known !== undefined) return known;
  const content = operation.responses[String(status)]?.content[JSON_TYPE];
  const examples = Object.values(content?.examples ?? {}).map(({ value }) => value);
  const validate = compile(translate(content?.schema ?? {}, { schemas: operation.schemas, knownErrors }, examples));
  byOperation.set(key, validate);
  return validate;
}
