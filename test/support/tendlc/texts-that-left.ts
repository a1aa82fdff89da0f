/** Counts the texts that reached the loopback cloud by any way, and diverts this process's requests to that cloud. */
import type { LoopbackCloud } from "../../../loopback/cloud.ts";

/** Counts of the account's messages, of creates that arrived, of other requests about messages, and of requests to any other remote host. */
export interface TextsThatLeft {
  readonly messages: number;
  readonly creates: number;
  readonly requests: number;
  readonly elsewhere: number;
}

/** No text left. */
export const NO_TEXT: TextsThatLeft = { messages: 0, creates: 0, requests: 0, elsewhere: 0 };

/** Exactly one text left. */
export const ONE_TEXT: TextsThatLeft = { messages: 1, creates: 1, requests: 1, elsewhere: 0 };

/** Twilio's API, and the one with the registrations, from which nothing but GET requests may come. */
const TWILIO_HOSTS = ["api.twilio.com", "messaging.twilio.com"];

/** The remote hosts other than Twilio's APIs that this process sent requests to. */
const elsewhere: string[] = [];

/** Counts the texts that left since the cloud started, or since {@link clearTexts}. Inbound texts and GET requests do not count. */
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

/** The number of creates before the last {@link clearTexts}. The log belongs to the cloud, so it is not cleared. */
const counted = new WeakMap<LoopbackCloud["twilio"], number>();

/** Resets the count, for a test that let a text through. */
export function clearTexts({ twilio }: Pick<LoopbackCloud, "twilio">): void {
  counted.set(twilio, twilio.creates.length);
  twilio.state.messages.length = 0;
  twilio.requests.length = 0;
  elsewhere.length = 0;
}

/** Counts the texts that TwiML sends: `<Message>` in a reply, `<Sms>` in a call (https://www.twilio.com/docs/messaging/twiml). */
export function textsIn(twiml: string): number {
  return twiml.match(/<(message|sms)\b/gi)?.length ?? 0;
}

/**
 * Diverts this process's remote requests to the cloud, as the proxy does for other processes. No request leaves this machine.
 *
 * @returns a function that restores `fetch`
 */
export function divertFetch({ twilio }: Pick<LoopbackCloud, "twilio">): () => void {
  const real = globalThis.fetch;
  globalThis.fetch = async (input, init) => {
    const { hostname } = new URL(input instanceof Request ? input.url : input);
    if (hostname === "127.0.0.1") return real(input, init);
    if (!TWILIO_HOSTS.includes(hostname)) elsewhere.push(hostname);
    return twilio.fetch(new Request(input, init));
  };
  return () => {
    globalThis.fetch = real;
  };
}
