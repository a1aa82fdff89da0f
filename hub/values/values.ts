/**
 * The branded values of the domain. Each schema parses a string at the door; what carries the brand needs no second look.
 * An error message shows the found value, except where that value could be a secret.
 */
import { z } from "zod";

/**
 * A long run of letters and digits may be a credential that was put into the wrong key, and a URL may carry one before its host or in its
 * query.
 */
const MAYBE_SECRET = /(?<![A-Za-z0-9])(?!PN)[A-Za-z0-9_+/=-]{24,}|:\/\/[^/]*@|:\/\/.*\?/;

/** The value that an error message is about, or that it is not shown, where it could be a secret. */
export const found = (issue: { input?: unknown }): string => {
  const value = JSON.stringify(issue.input);
  return MAYBE_SECRET.test(value) ? "the value found is not shown" : `found ${value}`;
};

const text = (expected: string) =>
  z.string({ error: (issue) => (issue.input === undefined ? "missing" : `${expected}; ${found(issue)}`) });

const pattern = (expression: RegExp, expected: string) =>
  text(expected).regex(expression, { error: (issue) => `${expected}; ${found(issue)}` });

/** A phone number in E.164: `+`, country code, at most 15 digits (ITU-T E.164). */
export const E164 = pattern(
  /^\+[1-9]\d{6,14}$/,
  'expected a phone number in E.164 and in quotes, like "+19497798471"',
).brand<"E164">();
export type E164 = z.infer<typeof E164>;

/** The SID of a Twilio phone number: `PN` and 32 lower-case hex digits (https://www.twilio.com/docs/glossary/what-is-a-sid). */
export const PhoneNumberSid = pattern(
  /^PN[0-9a-f]{32}$/,
  "expected a phone number SID: PN and 32 lower-case hex digits",
).brand<"PhoneNumberSid">();
export type PhoneNumberSid = z.infer<typeof PhoneNumberSid>;

/** The SID of an A2P campaign registration: `QE` and 32 lower-case hex digits (https://www.twilio.com/docs/messaging/api/usapptoperson-resource). */
export const CampaignSid = pattern(
  /^QE[0-9a-f]{32}$/,
  "expected an A2P campaign SID: QE and 32 lower-case hex digits",
).brand<"CampaignSid">();
export type CampaignSid = z.infer<typeof CampaignSid>;

/**
 * A 1Password secret reference, `op://vault/item/field` or `op://vault/item/section/field`, of a private key with `?ssh-format=openssh`
 * (https://developer.1password.com/docs/cli/secret-reference-syntax/). The found value is never shown: it may be the secret itself.
 */
export const OpReference = z
  .string({ error: (issue) => (issue.input === undefined ? "missing" : "expected a 1Password reference") })
  .regex(/^op:\/\/[A-Za-z0-9 _.-]+(\/[A-Za-z0-9 _.-]+){2,3}(\?ssh-format=openssh)?$/, {
    error:
      "expected a 1Password reference, op://vault/item/field, and not the secret itself (the value found is not shown)",
  })
  .brand<"OpReference">();
export type OpReference = z.infer<typeof OpReference>;

const HOSTNAME = "[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+";

/** An https origin: scheme and host name in lower case, nothing more. */
export const HttpsOrigin = pattern(
  new RegExp(`^https://${HOSTNAME}$`),
  "expected an absolute https URL of a host alone (no port, no path, no trailing slash), like https://webhook.reri.co",
).brand<"HttpsUrl">();

/** The host name of an ingress rule, in lower case, or a wildcard for every name under one. */
export const IngressHostname = pattern(
  new RegExp(`^(\\*\\.)?${HOSTNAME}$`),
  "expected a host name or a wildcard, like webhook.reri.co or *.reri.co",
);

/**
 * Where an ingress rule sends a request: an address, a socket or a status
 * (https://developers.cloudflare.com/tunnel/advanced/origin-parameters/, "Supported protocols").
 */
export const IngressService = pattern(
  /^((https?|tcp|ssh|rdp|smb):\/\/[^\s/@?#]+|unix(\+tls)?:\/[^\s?#]+|http_status:[1-5]\d\d)$/,
  "expected a service, like http://localhost:18790 or http_status:403",
);

/** An absolute URL path of plain segments, without trailing slash. */
export const UrlPath = pattern(
  /^(\/[a-z0-9]+(-[a-z0-9]+)*)+$/,
  "expected an absolute path of lower-case segments without trailing slash, like /voice",
);

/** A calendar date, YYYY-MM-DD. */
export const CalendarDate = z.iso.date({
  error: (issue) =>
    issue.input === undefined ? "missing" : `expected a date in quotes, "YYYY-MM-DD"; ${found(issue)}`,
});

/** A TCP port. */
export const Port = z
  .number({ error: (issue) => (issue.input === undefined ? "missing" : `expected a port number; ${found(issue)}`) })
  .int()
  .min(1)
  .max(65535);

/** Text that a person wrote: a name, a reference. Not empty, and not blank: a blank sign-off is none. */
export const PlainText = text("expected text").regex(/\S/, { error: "expected text; found none" });

/**
 * A file's place, absolute or relative, in its one spelling: without `.`, `..` and empty parts. Another spelling of the same place would look like
 * a file that moves.
 */
export const FilePath = PlainText.refine((path) => path.split("/").every(isPlainPart), {
  error: (issue) => `expected a path without "//", ".", ".." and a slash at its end; ${found(issue)}`,
});

function isPlainPart(part: string, index: number): boolean {
  return part === "" ? index === 0 : part !== "." && part !== "..";
}

/** An identifier of Cloudflare: an account, a zone, a DNS record (32 lower-case hex digits). */
export const CloudflareId = pattern(/^[0-9a-f]{32}$/, "expected a Cloudflare ID: 32 lower-case hex digits");

/** The UUID of a Cloudflare tunnel. */
export const TunnelId = pattern(
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  "expected a tunnel's UUID, like 6ff42ae2-765d-4adf-8112-31c55c1551ef",
);

/** An http URL on the loopback interface: the only endpoint other than the vendors' own that the stack may talk to. */
export const LoopbackUrl = pattern(
  /^http:\/\/127\.0\.0\.1:\d{1,5}(\/[A-Za-z0-9/_-]*[A-Za-z0-9_-])?$/,
  "expected a URL on 127.0.0.1 without trailing slash, like http://127.0.0.1:18980",
);

/**
 * A list in the stack's config.
 *
 * @param what what its entries are called in the message where there is no list
 */
export function list<Item extends z.ZodType>(item: Item, what: string): z.ZodArray<Item> {
  return z.array(item, { error: (issue) => (issue.input === undefined ? "missing" : `expected a list of ${what}`) });
}
