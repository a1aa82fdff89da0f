/** The cases that a foreign judge decides otherwise than this product, on purpose. */

/** A judge that was not written here. */
export type Judge =
  | "Twilio's OpenAPI documents"
  | "Cloudflare's SDK types"
  | "Twilio's Node.js library"
  | "Twilio's Python library"
  | "cloudflared's matching"
  | "Go's regexp"
  | "Go's net/url"
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
  {
    judge: "Go's regexp",
    case: "refuses the name of a class of characters",
    reason:
      "Go 1.25 took in new names, such as \\p{Letter}, \\p{ASCII} and \\p{lu} (https://go.dev/doc/go1.25#regexpsyntaxpkgregexpsyntax); RE2JS 2.10.0 has the older ones alone. Each has an older name, like \\p{L}",
  },
  {
    judge: "Go's regexp",
    case: "refuses duplicate capture group name",
    reason:
      "RE2JS 2.10.0 refuses two groups of one name, as RE2 does. cloudflared never reads what a group captured, so a name is of no use in a rule",
  },
  {
    judge: "Go's net/url",
    case: "hub: refuses a service with a user",
    reason: "a user or a password in an address is a credential, and the stack's config is committed",
  },
  {
    judge: "Go's net/url",
    case: "hub: refuses a service with an at sign in its query or fragment",
    reason: "JavaScript and Go differ in where the user of such an address ends, so it could be a credential",
  },
  {
    judge: "Go's net/url",
    case: "hub: refuses a service with a blank in its query or fragment",
    reason: "cloudflared never sends an address's query or fragment, so a blank in it is a mistake in the config",
  },
  {
    judge: "Go's net/url",
    case: "hub: refuses a socket without a path, or one whose scheme is written otherwise",
    reason:
      "cloudflared accepts unix: without a path, but reaches nothing there; and it reads UNIX:// as an address of TCP",
  },
  {
    judge: "Go's net/url",
    case: "hub: refuses a status that is not written with three digits",
    reason: "cloudflared reads http_status:+0404 as 404; one rule has one spelling in the config",
  },
];
