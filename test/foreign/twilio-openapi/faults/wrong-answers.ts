/** Each way in which an answer can be wrong in one place. */
import type { DocumentSchema, Operation } from "../judge/documents.ts";
import { isRecord } from "../judge/schema.ts";
import type { Exchange } from "../site/exchange.ts";
import { isConstrained, type Mutant, resolved, WRONG } from "./mutant.ts";

type Path = readonly (string | number)[];

/** A value in an answer, with what the document says of it. */
interface Place {
  readonly path: Path;
  readonly value: unknown;
  /** Undefined if only the document's examples have it. */
  readonly schema: DocumentSchema | undefined;
}

/** The mutants of an answer: another status or type, a body that is cut, and for each value another key, type or text. */
export function wrongAnswers(exchange: Exchange, operation: Operation): Mutant[] {
  const mutant = (what: string, changes: Partial<Exchange>) => ({ what, exchange: { ...exchange, ...changes } });
  const status = mutant("status", { status: exchange.status === 202 ? 203 : 202 });
  if (exchange.body === "") return [status, mutant("body", { body: "{}" })];
  const answer: unknown = JSON.parse(exchange.body);
  const schema = operation.responses[String(exchange.status)]?.content["application/json"]?.schema;
  return [
    status,
    mutant("content type", { type: "text/html" }),
    mutant("cut body", { body: exchange.body.slice(0, -1) }),
    ...placesOf({ path: [], value: answer, schema }, operation).flatMap((place) =>
      wrongValues(place).map(([kind, value]) =>
        mutant(`${kind} at /${place.path.join("/")}`, { body: JSON.stringify(withValue(answer, place.path, value)) }),
      ),
    ),
  ];
}

/** The value and what is in it. Of a list, the first item stands for all. */
function placesOf({ path, value, schema: raw }: Place, operation: Operation): Place[] {
  const schema = raw && resolved(raw, operation.schemas);
  const here = { path, value, schema };
  if (Array.isArray(value)) {
    const items = isRecord(schema?.items) ? schema.items : undefined;
    return [
      here,
      ...value.slice(0, 1).flatMap((item) => placesOf({ path: [...path, 0], value: item, schema: items }, operation)),
    ];
  }
  // The document says nothing about what is in a free object.
  if (!isRecord(value) || isFree(schema)) return [here];
  const properties = isRecord(schema?.properties) ? schema.properties : {};
  const children = Object.entries(value).flatMap(([key, child]) => {
    const described = properties[key];
    return placesOf(
      { path: [...path, key], value: child, schema: isRecord(described) ? described : undefined },
      operation,
    );
  });
  return [here, ...children];
}

function wrongValues({ value, schema }: Place): (readonly [kind: string, value: unknown])[] {
  const type = ["type", otherType(value)] as const;
  if (isRecord(value)) {
    const missing = Object.keys(value).map((key) => [`missing ${key}`, without(value, key)] as const);
    return isFree(schema) ? [type] : [type, ["unknown key", { ...value, loopback: 1 }], ...missing];
  }
  return typeof value === "string" && isConstrained(schema) ? [type, ["text", WRONG]] : [type];
}

/** Whether the document says of an object only that it is an object. */
function isFree(schema: DocumentSchema | undefined): boolean {
  return schema !== undefined && !("properties" in schema || "format" in schema);
}

/** A value of a type that the document does not allow in its place. */
function otherType(value: unknown): unknown {
  if (value === null) return [true];
  if (Array.isArray(value)) return {};
  if (typeof value === "string") return 7;
  return typeof value === "object" ? WRONG : String(value);
}

function without(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.fromEntries(Object.entries(value).filter(([other]) => other !== key));
}

function withValue(whole: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(whole)) return whole.map((item, at) => (at === key ? withValue(item, rest, value) : item));
  return isRecord(whole) ? { ...whole, [key]: withValue(whole[key], rest, value) } : whole;
}
