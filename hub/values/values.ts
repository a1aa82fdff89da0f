/**
 * The branded values of the domain. Each schema parses a string at the boundary; a value with the brand needs no second check.
 * An error message shows the value found, unless it could be a secret.
 */
import { z } from "zod";
import { isIngressService } from "./ingress-service.ts";

/**
 * A long run of letters and digits may be a credential under the wrong key. A URL may hold one before its host or in its query.
 */
const MAYBE_SECRET = /(?<![A-Za-z0-9])(?!PN)[A-Za-z0-9_+/=-]{24,}|:\/\/[^/]*@|:\/\/.*\?/;

/** The found value, for an error message, or a note that it is hidden because it may be a secret. */
export const found = (issue: { input?: unknown }): string => {
  const value = JSON.stringify(issue.input);
  return MAYBE_SECRET.test(value) ? "the value found is not shown" : `found ${value}`;
};

/** The error of a schema: `missing`, or `expected …` with the value found. */
export const expected =
  (what: string) =>
  (issue: { input?: unknown }): string =>
    issue.input === undefined ? "missing" : `expected ${what}; ${found(issue)}`;

/** Like {@link expected}, but never shows the value: it may be a secret, or too long to help. */
export const expectedUnshown =
  (what: string) =>
  (issue: { input?: unknown }): string =>
    issue.input === undefined ? "missing" : `expected ${what}`;

const text = (what: string) => z.string({ error: expected(what) });

const pattern = (expression: RegExp, what: string) => text(what).regex(expression, { error: expected(what) });

/**
 * The form of a Twilio SID: two capital letters and 32 lower-case hex digits (https://www.twilio.com/docs/glossary/what-is-a-sid).
 *
 * @param prefix the letters of the resource's type, like `CA` for a call
 */
export function sidPattern(prefix: string): RegExp {
  return new RegExp(`^${prefix}[0-9a-f]{32}$`);
}

/**
 * The schema of a Twilio SID.
 *
 * @param what the resource in words, for the message: `a phone number`
 */
export const sid = (prefix: string, what: string) =>
  pattern(sidPattern(prefix), `${what} SID: ${prefix} and 32 lower-case hex digits`);

/** A phone number in E.164: `+`, country code, at most 15 digits (ITU-T E.164). */
export const E164 = pattern(
  /^\+[1-9]\d{6,14}$/,
  'a phone number in E.164 and in quotes, like "+19497798471"',
).brand<"E164">();
export type E164 = z.infer<typeof E164>;

/** The SID of a Twilio phone number: `PN` and 32 lower-case hex digits (https://www.twilio.com/docs/glossary/what-is-a-sid). */
export const PhoneNumberSid = sid("PN", "a phone number").brand<"PhoneNumberSid">();
export type PhoneNumberSid = z.infer<typeof PhoneNumberSid>;

/** The SID of an A2P campaign registration: `QE` and 32 lower-case hex digits (https://www.twilio.com/docs/messaging/api/usapptoperson-resource). */
export const CampaignSid = sid("QE", "an A2P campaign").brand<"CampaignSid">();
export type CampaignSid = z.infer<typeof CampaignSid>;

/** The SID of a toll-free verification: `HH` and 32 lower-case hex digits (https://www.twilio.com/docs/messaging/api/tollfree-verification-resource). */
export const VerificationSid = sid("HH", "a toll-free verification").brand<"VerificationSid">();
export type VerificationSid = z.infer<typeof VerificationSid>;

/**
 * A 1Password secret reference, `op://vault/item/field` or `op://vault/item/section/field`; that of a private key with `?ssh-format=openssh`
 * (https://developer.1password.com/docs/cli/secret-reference-syntax/). The found value is never shown: it may be the secret itself.
 */
export const OpReference = z
  .string({ error: expectedUnshown("a 1Password reference") })
  .regex(/^op:\/\/[A-Za-z0-9 _.-]+(\/[A-Za-z0-9 _.-]+){2,3}(\?ssh-format=openssh)?$/, {
    error:
      "expected a 1Password reference, op://vault/item/field, and not the secret itself (the value found is not shown)",
  })
  .brand<"OpReference">();
export type OpReference = z.infer<typeof OpReference>;

const LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?";

/** At least two labels. If the last one is a number, it is an IPv4 address (https://url.spec.whatwg.org/#ends-in-a-number-checker). */
const HOSTNAME = `(${LABEL}\\.)+(?!([0-9]+|0x[0-9a-f]*)$)${LABEL}`;

/** An https origin: only the scheme and the host name, in lower case. */
export const HttpsOrigin = pattern(
  new RegExp(`^https://${HOSTNAME}$`),
  "an absolute https URL with only a host name (no address, no port, no path, no trailing slash), like https://webhook.reri.co",
).brand<"HttpsUrl">();

/** The host name of an ingress rule in lower case, or a wildcard for every name below it. */
export const IngressHostname = pattern(
  new RegExp(`^(\\*\\.)?${HOSTNAME}$`),
  "a host name or a wildcard, like webhook.reri.co or *.reri.co",
);

/** The target of an ingress rule, in every form that cloudflared takes. */
export const IngressService = text("a service").refine(isIngressService, {
  error: expected("a service, like http://localhost:18790, unix:/run/forms.sock or http_status:403"),
});

/** An absolute URL path of plain segments, without trailing slash. */
export const UrlPath = pattern(
  /^(\/[a-z0-9]+(-[a-z0-9]+)*)+$/,
  "an absolute path of lower-case segments without trailing slash, like /voice",
);

/** A calendar date, YYYY-MM-DD. */
export const CalendarDate = z.iso.date({ error: expected('a date in quotes, "YYYY-MM-DD"') });

/** A TCP port. */
export const Port = z
  .number({ error: expected("a port number") })
  .int()
  .min(1)
  .max(65535);

/** Text that a person wrote: a name, a reference. Not empty and not blank: a blank sign-off does not count. */
export const PlainText = text("text").regex(/\S/, { error: "expected text; found none" });

/**
 * A file's path, absolute or relative, without `.`, `..` and empty parts. So each file has one spelling: a second one would look like a file
 * that moved.
 */
export const FilePath = PlainText.refine((path) => path.split("/").every(isPlainPart), {
  error: (issue) => `expected a path without "//", ".", ".." and a slash at its end; ${found(issue)}`,
});

function isPlainPart(part: string, index: number): boolean {
  return part === "" ? index === 0 : part !== "." && part !== "..";
}

/** An identifier of Cloudflare: an account, a zone, a DNS record (32 lower-case hex digits). */
export const CloudflareId = pattern(/^[0-9a-f]{32}$/, "a Cloudflare ID: 32 lower-case hex digits");

/** The UUID of a Cloudflare tunnel. */
export const TunnelId = pattern(
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  "a tunnel's UUID, like 6ff42ae2-765d-4adf-8112-31c55c1551ef",
);

/** An http URL on the loopback interface: the only endpoint other than the vendors' own that the stack may talk to. */
export const LoopbackUrl = pattern(
  /^http:\/\/127\.0\.0\.1:\d{1,5}(\/[A-Za-z0-9/_-]*[A-Za-z0-9_-])?$/,
  "a URL on 127.0.0.1 without trailing slash, like http://127.0.0.1:18980",
);

/**
 * A list in the stack's config.
 *
 * @param what the word for its entries, for the message if the value is not a list
 */
export function list<Item extends z.ZodType>(item: Item, what: string): z.ZodArray<Item> {
  return z.array(item, { error: expectedUnshown(`a list of ${what}`) });
}
