/** Each way in which a request can be wrong in one place. */
import { findOperation, type Operation } from "../judge/documents.ts";
import { formOf } from "../judge/judge-request.ts";
import type { Exchange } from "../site/exchange.ts";
import { isConstrained, type Mutant, resolved, WRONG } from "./mutant.ts";

/** The mutants of a request: another method, path, body or credentials, and wrong, doubled, missing and unknown parameters. */
export function wrongRequests(exchange: Exchange): Mutant[] {
  const mutant = (what: string, changes: Partial<Exchange>) => ({ what, exchange: { ...exchange, ...changes } });
  const url = new URL(exchange.url);
  const found = findOperation(exchange.method, url);
  if (found === undefined) return [];
  const { pathname } = url;
  const parts = Object.entries(found.path);
  return [
    mutant("method", { method: "PUT" }),
    mutant("path", { url: exchange.url.replace(pathname, `${pathname}/Nothing`) }),
    mutant("credentials", { authorization: "" }),
    ...parts.map(([name, value]) => mutant(`path ${name}`, { url: exchange.url.replace(value, "XX1") })),
    ...wrongQueries(exchange, found.operation),
    ...wrongForms(exchange, found.operation),
  ];
}

function wrongQueries(exchange: Exchange, { parameters, schemas }: Operation): Mutant[] {
  const mutant = (what: string, change: (query: URLSearchParams) => void) => {
    const url = new URL(exchange.url);
    change(url.searchParams);
    return { what: `query ${what}`, exchange: { ...exchange, url: url.href } };
  };
  const given = parameters.filter(
    ({ in: place, name }) => place === "query" && new URL(exchange.url).searchParams.has(name),
  );
  const constrained = given.filter(({ schema }) => isConstrained(resolved(schema, schemas)));
  return [
    mutant("unknown", (query) => query.set("Unknown", "1")),
    ...given.map(({ name }) => mutant(`${name} twice`, (query) => query.append(name, "1"))),
    ...constrained.map(({ name }) => mutant(name, (query) => query.set(name, WRONG))),
  ];
}

function wrongForms(exchange: Exchange, operation: Operation): Mutant[] {
  const mutant = (what: string, change: (form: URLSearchParams) => void) => {
    const form = new URLSearchParams(exchange.requestBody);
    change(form);
    return { what: `form ${what}`, exchange: { ...exchange, requestBody: form.toString() } };
  };
  const json = { requestBody: '{"To":"+12135550100"}', requestType: "application/json" };
  const asJson = { what: "JSON", exchange: { ...exchange, ...json } };
  const unknown = mutant("unknown", (form) => form.set("Unknown", "1"));
  const fields = formOf(operation);
  if (fields === undefined) return [asJson, unknown];
  const given = Object.entries(fields.properties).filter(([name]) =>
    new URLSearchParams(exchange.requestBody).has(name),
  );
  const schemaOf = (name: string) => resolved(fields.properties[name] ?? {}, operation.schemas);
  const constrained = given.filter(([name]) => isConstrained(schemaOf(name)));
  return [
    ...[asJson, unknown],
    ...given
      .filter(([name]) => schemaOf(name)?.type !== "array")
      .map(([name]) => mutant(`${name} twice`, (form) => form.append(name, "1"))),
    ...constrained.map(([name]) => mutant(name, (form) => form.set(name, WRONG))),
    ...fields.required.map((name) => mutant(`without ${name}`, (form) => form.delete(name))),
  ];
}
