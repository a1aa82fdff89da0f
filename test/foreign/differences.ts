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
  | "Go's net/url"
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
  {
    judge: "Cloudflare's SDK types",
    case: "answer: config.ingress.hostname",
    reason:
      "the SDK demands a hostname of every rule, but the last rule has none: cloudflared demands that, and Cloudflare's guide shows it (https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/get-started/create-remote-tunnel-api/)",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "request: config.ingress.hostname",
    reason: "the last rule has no hostname, as in the answer",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "answer: config.warp-routing",
    reason:
      "Cloudflare returns it, read-only (the OpenAPI document that earlier versions of the SDK were made from has it); the type leaves it out",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "request: config.warp-routing",
    reason: "a config that is put back is sent whole, as it was read",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "request: source",
    reason:
      "the provider sends it (https://github.com/cloudflare/terraform-provider-cloudflare/blob/main/internal/services/zero_trust_tunnel_cloudflared_config/model.go)",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "answer: deleted_at",
    reason: "the type is a text, but the SDK says: if it is null, the tunnel has not been deleted",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "answer: conns_inactive_at",
    reason: "the type is a text, but the SDK says: if it is null, the tunnel is active",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "answer: comment",
    reason:
      "the type is a text, but Cloudflare answers null for a record without a comment, as the answers that people publish show",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "answer: result_info.count",
    reason:
      "every page has it (https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/#pagination); the SDK's type has what the SDK itself needs",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "answer: result_info.total_count",
    reason: "every page has it, as result_info.count",
  },
  {
    judge: "Cloudflare's SDK types",
    case: "answer: result_info.total_pages",
    reason: "every page has it, as result_info.count",
  },
  ...TWILIO_DIFFERENCES.flatMap(({ judges, ...row }) => judges.map((judge) => ({ judge, ...row }))),
  ...PEER_DIFFERENCES.map((row) => ({ judge: "the tests of peers" as const, ...row })),
];
