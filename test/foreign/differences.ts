/** The cases that a foreign judge decides otherwise than this product, on purpose. */

/** A judge that was not written here. */
export type Judge =
  | "Twilio's OpenAPI documents"
  | "Cloudflare's SDK types"
  | "Twilio's Node.js library"
  | "Twilio's Python library"
  | "cloudflared's matching"
  | "Go's regexp"
  | "the tests of peers"
  | "proxies in front"
  | "HTTP's framing rules";

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
  {
    judge: "Twilio's OpenAPI documents",
    case: "CreateCall accepts a wrong form Twiml",
    reason:
      "Twilio parses TwiML when it runs it: https://www.twilio.com/docs/api/errors/12100 is an error of the call.",
  },
  ...["nginx", "nginx without buffers"].flatMap((front): Difference[] => [
    {
      judge: "proxies in front",
      case: `${front}: TRACE`,
      reason: "nginx refuses every TRACE by itself, with a page of its own",
    },
    {
      judge: "proxies in front",
      case: `${front}: the path /voice/webhook%00`,
      reason:
        "nginx refuses an encoded NUL by itself, with a page of its own. To the handler it is one more unknown path",
    },
  ]),
  {
    judge: "proxies in front",
    case: "nginx: a body that stalls for too long",
    reason: "nginx receives the whole body before it turns to the handler, which then has it at once",
  },
];
