/** The count of texts that reached the loopback cloud, by whatever way, and the way itself. */
import type { LoopbackCloud } from "../../../loopback/cloud.ts";

/** Texts, as the account has them, as creates that arrived, and as requests; and requests to any other host outside this machine. */
export interface TextsThatLeft {
  readonly messages: number;
  readonly creates: number;
  readonly requests: number;
  readonly elsewhere: number;
}

/** Nothing left. */
export const NO_TEXT: TextsThatLeft = { messages: 0, creates: 0, requests: 0, elsewhere: 0 };

/** One text left, once. */
export const ONE_TEXT: TextsThatLeft = { messages: 1, creates: 1, requests: 1, elsewhere: 0 };

/** Requests of this process to a host that the loopback cloud does not stand in for. */
const elsewhere: string[] = [];

/** Counts what left since the cloud began, or since {@link clearTexts}. Texts that came in do not count, nor does asking for the list. */
export function textsThatLeft({ twilio }: Pick<LoopbackCloud, "twilio">): TextsThatLeft {
  const { state, creates, requests } = twilio;
  const before = counted.get(twilio);
  return {
    messages: state.messages.filter(({ resource }) => resource.direction !== "inbound").length,
    creates: creates.slice(before).filter(({ path }) => path === "Messages").length,
    requests: requests.filter(({ method, path }) => method !== "GET" && /messages/i.test(path)).length,
    elsewhere: elsewhere.length,
  };
}

/** How many creates were counted already: the log is the cloud's own, and stays. */
const counted = new WeakMap<LoopbackCloud["twilio"], number>();

/** Begins to count anew, for a test that has let a text through. */
export function clearTexts({ twilio }: Pick<LoopbackCloud, "twilio">): void {
  counted.set(twilio, twilio.creates.length);
  twilio.state.messages.length = 0;
  twilio.requests.length = 0;
  elsewhere.length = 0;
}

/** How many texts TwiML makes Twilio send: `<Message>` in a reply, `<Sms>` in a call (https://www.twilio.com/docs/messaging/twiml). */
export function textsIn(twiml: string): number {
  return twiml.match(/<(message|sms)\b/gi)?.length ?? 0;
}

/**
 * Leads what this process asks of Twilio to the cloud, as the proxy does for a process of its own, and keeps everything on this machine.
 *
 * @returns what ends it
 */
export function divertFetch({ twilio }: Pick<LoopbackCloud, "twilio">): () => void {
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const { hostname } = new URL(input instanceof Request ? input.url : input);
    if (hostname === "127.0.0.1") return real(input, init);
    if (hostname !== "api.twilio.com") elsewhere.push(hostname);
    return twilio.fetch(new Request(input, init));
  };
  return () => {
    globalThis.fetch = real;
  };
}
