/** The loopback cloud's answers to forms that a document refuses. */
import type { TwilioApi } from "../../../../loopback/twilio/api/api.ts";
import { operationOf } from "../judge/judge-answer.ts";
import type { Exchange } from "../site/exchange.ts";
import { refusedForms } from "./wrong-requests.ts";

/** The forms that were tried, by operation, and the names of those that the loopback cloud accepted. */
export interface TriedForms {
  readonly tried: ReadonlyMap<string, number>;
  readonly accepted: readonly string[];
}

/** Sends each form again with one value wrong or missing. A form that is no longer accepted as it was is left out. */
export async function tryRefusedForms(twilio: TwilioApi, exchanges: readonly Exchange[]): Promise<TriedForms> {
  const tried = new Map<string, number>();
  const accepted: string[] = [];
  for (const exchange of exchanges.filter(({ requestBody, status }) => requestBody !== "" && status < 300)) {
    // The subject of the request may be gone by now. Then each mutant would be refused for that.
    if (!(await isAccepted(twilio, exchange))) continue;
    const operation = operationOf(exchange);
    for (const { what, exchange: mutant } of refusedForms(exchange, operation)) {
      tried.set(operation.operationId, (tried.get(operation.operationId) ?? 0) + 1);
      if (await isAccepted(twilio, mutant)) accepted.push(`${operation.operationId} accepts a wrong ${what}`);
    }
  }
  return { tried, accepted };
}

async function isAccepted(
  twilio: TwilioApi,
  { method, url, authorization, requestType, requestBody }: Exchange,
): Promise<boolean> {
  const headers = { authorization, "content-type": requestType };
  return (await twilio.fetch(new Request(url, { method, headers, body: requestBody }))).ok;
}
