/** The form bodies of requests to Twilio's APIs. A repeated parameter is a list. */
import type { Context } from "hono";
import { TwilioError } from "./errors.ts";
import { checkParameters, type FormOf } from "./parameters.ts";

/**
 * Reads the form of a POST request.
 *
 * @throws TwilioError 400 if a value is not of its parameter's kind
 */
export async function readForm(c: Context, formOf: FormOf = "others"): Promise<URLSearchParams> {
  const form = new URLSearchParams(await c.req.text());
  checkParameters(form, formOf);
  return form;
}

/** The form's parameters by name. A repeated parameter's value is a list. */
export function formParams(form: URLSearchParams): Record<string, string | string[]> {
  const names = new Set(form.keys());
  return Object.fromEntries([...names].map((name) => [name, singleOrList(form.getAll(name))]));
}

function singleOrList(values: string[]): string | string[] {
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
}

/**
 * The value of a required parameter.
 *
 * @throws TwilioError 400 with the given code if the parameter is missing or empty
 */
export function required(form: URLSearchParams, name: string, code: number, message: string): string {
  const value = form.get(name);
  if (value === null || value === "") throw new TwilioError(400, code, message);
  return value;
}
