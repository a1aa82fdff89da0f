/** Records what is said to the loopback cloud's Twilio, and what it answers. */
import type { TwilioApi } from "../../../../loopback/twilio/api/api.ts";

/** A request and its answer. */
export interface Exchange {
  /** The file that sent the request. */
  readonly sender: string;
  readonly method: string;
  readonly url: string;
  readonly authorization: string;
  readonly requestType: string;
  readonly requestBody: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The exchanges so far, and the way to have more. */
export interface Recorder {
  readonly exchanges: readonly Exchange[];
  /** Runs a step. Its exchanges are the sender's. Steps must not overlap. */
  during<Result>(sender: string, step: () => Promise<Result>): Promise<Result>;
}

/** Records every exchange from now on, those over the proxy too. */
export function recordExchanges(twilio: TwilioApi): Recorder {
  const exchanges: Exchange[] = [];
  const answer = twilio.fetch.bind(twilio);
  let current = "nobody";
  twilio.fetch = async (request, bindings) => {
    const sender = current;
    const { method, url, headers } = request;
    const requestBody = await request.clone().text();
    const response = await answer(request, bindings);
    exchanges.push({
      ...{ sender, method, url, requestBody, status: response.status },
      authorization: headers.get("authorization") ?? "",
      requestType: headers.get("content-type") ?? "",
      type: response.headers.get("content-type") ?? "",
      body: await response.clone().text(),
    });
    return response;
  };
  return {
    exchanges,
    during: async (sender, step) => {
      current = sender;
      try {
        return await step();
      } finally {
        current = "nobody";
      }
    },
  };
}
