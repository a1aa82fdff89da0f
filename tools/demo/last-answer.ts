import type { Delivery } from "../../loopback/twilio/webhooks/deliver.ts";

/** What decided of a call or a text: the status, what its TwiML does, and the URL that was called. */
export interface LastAnswer {
  /** `200 <Gather>`, or the status with the error where there is no TwiML. */
  readonly text: string;
  readonly body: string;
  readonly url: string;
}

/** The last answer that Twilio got. */
export function lastAnswer({ attempts }: Delivery): LastAnswer {
  const last = attempts.at(-1);
  if (last === undefined) return { text: "no webhook was called", body: "", url: "" };
  const verb = /<(Gather|Dial|Message|Hangup|Response\/)/.exec(last.body)?.[1] ?? (last.error || "no TwiML");
  return { text: `${last.status} <${verb}>`, body: last.body, url: last.url };
}
