/** Reads a request to the outbound endpoint: first its headers, then its body. */
import { z } from "zod";
import type { AdminRequest } from "../../hosts/admin-page.ts";
import type { BodyProblem } from "../../twilio/request.ts";
import { oneLine } from "../../worker/retry.ts";
import type { OutboundRequest, outboundRequestSchema } from "../request.ts";
import { type FieldProblem, type RefusedRequest, refusal } from "./problem-details.ts";

/** The longest body, in bytes: room for a text of 1,600 characters, each escaped, and for the other fields. */
export const MAX_BODY_BYTES = 16 * 1024;

/** The field names that an answer may repeat. A token is longer. */
const SHOWN_NAME = /^[A-Za-z_]{1,24}$/;

const Fields = z.record(z.string(), z.unknown());

/** A request and its idempotency key. */
export interface KeyedRequest {
  readonly request: OutboundRequest;
  readonly idempotencyKey: string;
}

/** The schema to check a request with, and the secret to keep out of the answer. */
interface Reader {
  readonly schema: ReturnType<typeof outboundRequestSchema>;
  /** The endpoint's token. No answer may contain it. */
  readonly token: string;
}

/**
 * Reads a request.
 *
 * @param kind the kind that the path names; the body has no such field
 * @throws RefusedRequest with the answer if a header or the body is not as expected
 */
export async function readRequest(
  asked: AdminRequest,
  kind: OutboundRequest["kind"],
  reader: Reader,
): Promise<KeyedRequest> {
  requireJson(asked);
  const idempotencyKey = keyOf(asked);
  const fields = fieldsOf(await bytesOf(asked));
  const { data, error } = reader.schema.safeParse({ ...fields, kind });
  const problems = [...("kind" in fields ? [unknownField("kind")] : []), ...(error?.issues ?? []).flatMap(problemsOf)];
  if (data !== undefined && problems.length === 0) return { request: data, idempotencyKey };
  throw refusal(422, "the request is not valid", { errors: problems.map((problem) => withoutToken(problem, reader)) });
}

function requireJson({ headers }: AdminRequest): void {
  if (/^application\/json *(;|$)/i.test(headers["content-type"] ?? "")) return;
  throw refusal(415, "expected content-type: application/json");
}

/**
 * Returns the value of `Idempotency-Key`, unchanged. Two such headers arrive joined by a comma and a blank, which no key contains.
 * Source: https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07
 */
function keyOf({ headers }: AdminRequest): string {
  const key = headers["idempotency-key"];
  if (typeof key === "string" && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw refusal(
    400,
    "expected one header Idempotency-Key: 1 to 255 visible ASCII characters without blanks, like a UUID",
  );
}

async function bytesOf(asked: AdminRequest): Promise<Uint8Array> {
  const isLong = Number(asked.headers["content-length"] ?? 0) > MAX_BODY_BYTES;
  const body = isLong ? "long" : await asked.readBody(MAX_BODY_BYTES);
  if (typeof body !== "string") return body;
  throw bodyRefusal(body);
}

function bodyRefusal(problem: BodyProblem): RefusedRequest {
  switch (problem) {
    case "long":
      return refusal(413, `expected a body of at most ${MAX_BODY_BYTES} bytes, in few pieces`);
    case "crowded":
      return refusal(
        503,
        "too many requests arrive at once; send the same request again, with the same Idempotency-Key",
      );
    case "slow":
    case "gone":
      return refusal(408, "the body did not arrive in time; send it at once");
  }
}

function fieldsOf(bytes: Uint8Array): z.infer<typeof Fields> {
  const { success, data } = Fields.safeParse(jsonOf(bytes));
  if (success) return data;
  throw refusal(422, "the request is not valid", { errors: [{ pointer: "#", detail: "expected a JSON object" }] });
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    // The parser's message would quote the body.
    throw refusal(400, "the body is not valid JSON in UTF-8");
  }
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map(unknownField);
  return [{ pointer: `#/${issue.path.join("/")}`, detail: issue.message }];
}

function unknownField(name: string): FieldProblem {
  if (SHOWN_NAME.test(name)) return { pointer: `#/${name}`, detail: "unknown field; remove it or fix its name" };
  return { pointer: "#", detail: "unknown field, whose name is not shown; remove it" };
}

/** Hides the token in a message: the message may quote a value as JSON, and the caller may have put the token there. */
function withoutToken({ pointer, detail }: FieldProblem, { token }: Reader): FieldProblem {
  return { pointer, detail: oneLine(detail.replaceAll(JSON.stringify(token).slice(1, -1), "(not shown)")) };
}
