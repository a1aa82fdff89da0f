/** The cases that a foreign judge decides otherwise than this product, on purpose. */
import { PEER_DIFFERENCES } from "./peers/peers.ts";
import { TWILIO_DIFFERENCES } from "./twilio-differences.ts";

/** A judge that was not written here. */
export type Judge =
  | "Twilio's OpenAPI documents"
  | "Cloudflare's SDK types"
  | "Twilio's Node.js library"
  | "Twilio's Python library"
  | "cloudflared's matching"
  | "Go's regexp"
  | "the tests of peers"
  | "proxies in front";

/** A case that this product decides otherwise. */
export interface Difference {
  readonly judge: Judge;
  /** The case's name in the judge's test. */
  readonly case: string;
  /** Why this product is right to differ, with a source where there is one. */
  readonly reason: string;
}

/** The table. A judge's test fails if a row of its own is no longer a difference. */
export const DIFFERENCES: readonly Difference[] = [
  ...TWILIO_DIFFERENCES.flatMap(({ judges, ...row }) => judges.map((judge) => ({ judge, ...row }))),
  ...PEER_DIFFERENCES.map((row) => ({ judge: "the tests of peers" as const, ...row })),
];
