/**
 * The resources of the Webhooks configuration API, and the bodies of the requests that make them.
 * Sources: https://www.twilio.com/docs/usage/webhooks/webhook-rules, /webhook-settings and /webhook-shared-keys, and the types of npm's `twilio`.
 */
import { z } from "zod";

const friendlyName = z.string().max(255).default("");
const description = z.string().max(1024).exactOptional();
const milliseconds = (most: number) => z.int().min(100).max(most);

/** The credentials that a Setting holds itself. Twilio answers without passwords. */
const InlineAuth = z.discriminatedUnion("scheme", [
  z.object({ scheme: z.literal("NONE") }),
  z.object({ scheme: z.enum(["BASIC", "DIGEST"]), username: z.string().min(1), password: z.string().min(1) }),
  z.object({
    scheme: z.literal("OAUTH2"),
    tokenUrl: z.url(),
    clientId: z.string().min(1),
    clientSecret: z.string().min(1),
    scope: z.string().exactOptional(),
    audience: z.string().exactOptional(),
  }),
]);

const Auth = z.discriminatedUnion("source", [
  z.object({ source: z.literal("INLINE"), value: InlineAuth }),
  z.object({ source: z.literal("REFERENCE"), authProfileId: z.string() }),
]);

const Signature = z.discriminatedUnion("type", [
  z.object({ type: z.literal("NONE") }),
  z.object({
    type: z.literal("SHARED_KEY"),
    sharedKeyId: z.string(),
    algorithm: z.enum(["HMAC_SHA1", "HMAC_SHA256"]),
  }),
]);

const Connection = z.object({
  connectTimeoutMs: milliseconds(15_000),
  readTimeoutMs: milliseconds(15_000),
  totalTimeoutMs: milliseconds(60_000).exactOptional(),
  retryPolicy: z
    .object({
      retryCount: z.int().min(0).max(5),
      retryOn: z.array(z.enum(["HTTP_4XX", "HTTP_5XX", "CONNECTION_TIMEOUT", "READ_TIMEOUT", "ALL"])).min(1),
    })
    .exactOptional(),
});
/** How webhooks are sent: time-outs in milliseconds, and retries. */
export type Connection = z.infer<typeof Connection>;

/** The body that makes a Setting. */
export const PostSetting = z.object({
  friendlyName,
  description,
  auth: Auth,
  signature: Signature.exactOptional(),
  connection: Connection.exactOptional(),
  edgeZones: z
    .object({ zones: z.array(z.string()).min(1), allowZoneFallback: z.boolean().default(false) })
    .exactOptional(),
});

/** The body that renames a Setting: nothing else of it can be changed. */
export const PatchSetting = z.strictObject({ friendlyName: z.string().max(255).exactOptional(), description });

/** The body that makes or renames a SharedKey. */
export const PostSharedKey = z.object({ friendlyName });

const shares = z
  .array(z.object({ settingId: z.string(), percentage: z.int().min(1).max(100) }))
  .min(1)
  .max(2)
  .refine((all) => all.reduce((sum, { percentage }) => sum + percentage, 0) === 100, {
    error: "percentages must sum to 100",
  });

const pattern = z
  .string()
  .max(1000)
  .regex(/^https?:\/\/[^/]/, { error: "must be an absolute URL" })
  .regex(/^[^*]*$/, { error: "special characters are not supported" });

const match = [
  z.object({ matchType: z.literal("EXACT_MATCH"), value: pattern.regex(/[^/]$/, { error: "must not end with /" }) }),
  z.object({ matchType: z.literal("PREFIX_MATCH"), prefix: pattern.regex(/\/$/, { error: "must end with /" }) }),
  z.object({ matchType: z.literal("DEFAULT") }),
] as const;

/** The URLs that a Rule matches. */
export const RuleMatch = z.discriminatedUnion("matchType", match);
/** The URLs that a Rule matches. */
export type RuleMatch = z.infer<typeof RuleMatch>;

/** The body that makes a Rule. */
export const PostRule = z.intersection(RuleMatch, z.object({ friendlyName, description, settings: shares }));

/** The body that changes a Rule, without what it matches. */
export const PatchRule = z.object({
  friendlyName: z.string().max(255).exactOptional(),
  description,
  settings: shares.exactOptional(),
});

interface Resource {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A Setting. It holds its credentials. */
export type Setting = Resource & z.infer<typeof PostSetting> & { readonly type: "SYSTEM" | "CUSTOMER" };

/** A Rule. */
export type Rule = Resource & z.infer<typeof PostRule>;

/** A SharedKey with its secret. */
export type SharedKey = Resource & { readonly friendlyName: string; readonly secret: string };
