/** A library of Twilio's that signs webhooks and validates them. */
import type { Judge } from "../differences.ts";

/** A webhook as far as its signature covers it. */
export interface Signable {
  readonly url: string;
  readonly body: string;
  /** Of a JSON body, the URL's query holds the hash. */
  readonly format: "form" | "json";
}

/** A webhook that arrived with a signature. */
export interface Signed extends Signable {
  readonly signature: string;
}

/** The key of a signature. */
export interface Key {
  readonly token: string;
  /** The name that Twilio gives the algorithm. Default: the library's own, HMAC-SHA1. */
  readonly algorithm?: "HMAC_SHA1" | "HMAC_SHA256";
  /** The ID of a SharedKey. A header names it, and the algorithm. */
  readonly id?: string;
}

/** The library. It reads each body itself, as an application with its language's own form parser does. */
export interface Library {
  readonly judge: Judge;
  /** The signatures, in the order of the webhooks. */
  sign(webhooks: readonly Signable[], key: Key): Promise<string[]>;
  /** Whether the library takes each webhook for Twilio's. An error counts as a refusal. */
  accepts(webhooks: readonly Signed[], key: Key): Promise<boolean[]>;
}
