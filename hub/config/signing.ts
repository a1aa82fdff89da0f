/**
 * `hub:signing`: the keys that may sign webhooks in place of the account's auth token, and the Settings and Rules that make Twilio use them.
 * Twilio calls the API behind it a public beta, without a service level. Without `hub:signing` the auth token alone signs.
 *
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-configuration
 */
import { z } from "zod";
import { expected, found, list, OpReference } from "../values/values.ts";

/** The ID of a SharedKey: `webhooks_sharedkey_` and 26 characters (https://www.twilio.com/docs/usage/webhooks/webhook-shared-keys). */
export const SharedKeyId = z
  .string({ error: expected("the ID of a SharedKey") })
  .regex(/^webhooks_sharedkey_[0-9a-z]{26}$/, {
    error: "expected the ID of a SharedKey, webhooks_sharedkey_ and 26 characters (the value found is not shown)",
  })
  .brand<"SharedKeyId">();
/** The ID of a SharedKey. It names a key and is not secret. */
export type SharedKeyId = z.infer<typeof SharedKeyId>;

/** The algorithms that a key of the hub may sign with. HMAC-SHA1 is the auth token's alone. */
export const SIGNING_ALGORITHMS = ["HMAC_SHA256"] as const;

/** A moment in UTC. */
const Moment = z.iso.datetime({ precision: 0, error: expected('"YYYY-MM-DDThh:mm:ssZ", in quotes') });

const SigningKey = z.strictObject({
  id: SharedKeyId,
  algorithm: z.enum(SIGNING_ALGORITHMS, { error: expected(SIGNING_ALGORITHMS.join(" or ")) }),
  secret: OpReference,
  /** The first moment at which the handler accepts it. */
  from: Moment,
  /** The first moment at which it no longer does. Without it the key has no end. */
  until: Moment.exactOptional(),
});
/** A key that the handler accepts. Algorithm and secret come from here, and never from a request. */
export type SigningKey = z.infer<typeof SigningKey>;

const milliseconds = (most: number) =>
  z
    .number({ error: expected("a number of milliseconds") })
    .int({ error: "expected a whole number of milliseconds" })
    .min(100, { error: "expected at least 100 milliseconds" })
    .max(most, { error: `expected at most ${most} milliseconds` });

/** The failures after which Twilio may send a webhook again (https://www.twilio.com/docs/usage/webhooks/webhook-settings). */
export const RETRY_CONDITIONS = ["HTTP_4XX", "HTTP_5XX", "CONNECTION_TIMEOUT", "READ_TIMEOUT", "ALL"] as const;

/** How Twilio connects. Source: https://www.twilio.com/docs/usage/webhooks/webhook-settings. */
export const Connection = z.strictObject({
  connectTimeoutMs: milliseconds(15_000),
  readTimeoutMs: milliseconds(15_000),
  /** The time of all attempts together. */
  totalTimeoutMs: milliseconds(60_000).exactOptional(),
  retryPolicy: z
    .strictObject({
      retryCount: z
        .number({ error: expected("a number of retries") })
        .int()
        .min(0)
        .max(5),
      retryOn: list(z.enum(RETRY_CONDITIONS, { error: expected(RETRY_CONDITIONS.join(", ")) }), "conditions").min(1),
    })
    .exactOptional(),
});
/** How Twilio connects: time-outs in milliseconds, and retries. */
export type Connection = z.infer<typeof Connection>;

const SettingName = z
  .string({ error: expected("a lower-case name") })
  .regex(/^[a-z][a-z0-9-]{0,60}$/, { error: expected("a lower-case name of at most 61 characters, like key-2026-12") });

const DeclaredSetting = z.strictObject({
  /** Its name at Twilio has the hub's mark before it, see hub/signing/declared-rules.ts. */
  name: SettingName,
  /** A key of `keys`. */
  key: SharedKeyId,
  connection: Connection.exactOptional(),
});
/** A Setting that the stack makes at Twilio. */
export type DeclaredSetting = z.infer<typeof DeclaredSetting>;

const Share = z.strictObject({
  setting: SettingName,
  percentage: z
    .number({ error: expected("a percentage") })
    .int()
    .min(1)
    .max(100),
});
/** A Setting and the percentage of the webhooks that it is for. */
export type Share = z.infer<typeof Share>;

/** The roles that a Rule may name. A test holds them against the route table's. */
export const SIGNED_ROLES = [
  "voiceUrl",
  "voiceFallbackUrl",
  "statusCallback",
  "smsUrl",
  "smsFallbackUrl",
  "recordingStatusCallback",
  "transcribeCallback",
  "messageStatusCallback",
] as const;

const UrlRule = z.strictObject({
  /** `all` registered URLs, or those of some roles. */
  urls: z.union([z.literal("all"), list(z.enum(SIGNED_ROLES), "roles").min(1)], {
    error: (issue) => `expected all, or a list of ${SIGNED_ROLES.join(", ")}; ${found(issue)}`,
  }),
  /** The Setting, or the two that share the webhooks. */
  settings: list(Share, "Settings with their percentages").min(1).max(2, { error: "expected at most two Settings" }),
});

/** The schema of `hub:signing`. */
export const Signing = z.strictObject({
  /** Whether a webhook that is signed with the auth token is accepted. */
  authToken: z.enum(["accept", "refuse"], { error: expected("accept or refuse") }),
  keys: list(SigningKey, "signing keys").min(1),
  settings: list(DeclaredSetting, "Settings"),
  rules: list(UrlRule, "Rules"),
  /**
   * Whether Twilio ignores a URL's query when it compares it with an exact Rule. Its pages do not say. The later turns of a call have a query.
   * `unprobed`: both are expected.
   */
  queries: z.enum(["ignored", "matched", "unprobed"], { error: expected("ignored, matched or unprobed") }),
  /** The API key of the handler's requests to Twilio, in place of the auth token. */
  apiKey: z.strictObject({ sid: OpReference, secret: OpReference }).exactOptional(),
  /** The key of the gate file's MAC, in place of the auth token. */
  gateFileKey: OpReference.exactOptional(),
});
/** The signing keys, and the Settings and Rules that make Twilio use them. */
export type Signing = z.infer<typeof Signing>;
