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
  const { parameters, schemas } = found.operation;
  const constrained = parameters.filter(({ schema }) => isConstrained(resolved(schema, schemas)));
  const parts = Object.entries(found.path).filter(([name]) => constrained.some((parameter) => parameter.name === name));
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

/** The mutants of a form that Twilio must refuse: a wrong value, or a required parameter that is missing. */
export function refusedForms(exchange: Exchange, operation: Operation): Mutant[] {
  const fields = formOf(operation);
  if (fields === undefined) return [];
  const given = new URLSearchParams(exchange.requestBody);
  const constrained = Object.entries(fields.properties).filter(
    ([name, schema]) => given.has(name) && isConstrained(resolved(schema, operation.schemas)),
  );
  return [
    ...constrained.map(([name]) => withForm(exchange, name, (form) => form.set(name, WRONG))),
    ...fields.required.map((name) => withForm(exchange, `without ${name}`, (form) => form.delete(name))),
  ];
}

function wrongForms(exchange: Exchange, operation: Operation): Mutant[] {
  const json = { requestBody: '{"To":"+12135550100"}', requestType: "application/json" };
  const given = new URLSearchParams(exchange.requestBody);
  const single = Object.entries(formOf(operation)?.properties ?? {}).filter(
    ([name, { type }]) => given.has(name) && type !== "array",
  );
  return [
    { what: "JSON", exchange: { ...exchange, ...json } },
    withForm(exchange, "unknown", (form) => form.set("Unknown", "1")),
    ...single.map(([name]) => withForm(exchange, `${name} twice`, (form) => form.append(name, "1"))),
    ...refusedForms(exchange, operation),
  ];
}

function withForm(exchange: Exchange, what: string, change: (form: URLSearchParams) => void): Mutant {
  const form = new URLSearchParams(exchange.requestBody);
  change(form);
  return { what: `form ${what}`, exchange: { ...exchange, requestBody: form.toString() } };
}
