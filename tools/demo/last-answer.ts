import type { Delivery } from "../../loopback/twilio/webhooks/deliver.ts";

/** The last answer to a call or a text, which decides what happens to it. */
export interface LastAnswer {
  /** The status and the first verb of the TwiML, for example `200 <Gather>`; without TwiML, the status and the error. */
  readonly text: string;
  readonly body: string;
  /** The URL that Twilio called. */
  readonly url: string;
}

/** The last answer that Twilio received. */
export function lastAnswer({ attempts }: Delivery): LastAnswer {
  const last = attempts.at(-1);
  if (last === undefined) return { text: "no webhook was called", body: "", url: "" };
  const verb = /<(Gather|Dial|Message|Hangup|Response\/)/.exec(last.body)?.[1] ?? (last.error || "no TwiML");
  return { text: `${last.status} <${verb}>`, body: last.body, url: last.url };
}
