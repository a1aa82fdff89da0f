/**
 * Twilio's answers about Rules, Settings and keys, as far as they are read. An unknown property is kept, so that nothing is overlooked.
 * Source: https://www.twilio.com/docs/usage/webhooks/webhook-rules and /webhook-settings, and the types of npm's twilio 6.3.1.
 */
import { z } from "zod";

const SettingShare = z.looseObject({ settingId: z.string(), percentage: z.number() });

const RuleParts = {
  id: z.string(),
  friendlyName: z.string().nullish(),
  description: z.string().nullish(),
  settings: z.array(SettingShare),
  createdAt: z.string().nullish(),
  updatedAt: z.string().nullish(),
};

/** The schema of a Rule. */
export const LiveRule = z.discriminatedUnion("matchType", [
  z.looseObject({ ...RuleParts, matchType: z.literal("EXACT_MATCH"), value: z.string() }),
  z.looseObject({ ...RuleParts, matchType: z.literal("PREFIX_MATCH"), prefix: z.string() }),
  z.looseObject({ ...RuleParts, matchType: z.literal("DEFAULT") }),
]);
/** A Rule as Twilio has it. */
export type LiveRule = z.infer<typeof LiveRule>;

/** The schema of a Setting. `auth`, `signature` and `connection` are read where they are compared. */
export const LiveSetting = z.looseObject({
  id: z.string(),
  /** `SYSTEM` for one of Twilio's own, `CUSTOMER` for one of the account's. */
  type: z.string().nullish(),
  friendlyName: z.string().nullish(),
  auth: z.looseObject({ source: z.string() }).nullish(),
  signature: z
    .looseObject({ type: z.string(), sharedKeyId: z.string().nullish(), algorithm: z.string().nullish() })
    .nullish(),
  connection: z
    .looseObject({
      connectTimeoutMs: z.number().nullish(),
      readTimeoutMs: z.number().nullish(),
      totalTimeoutMs: z.number().nullish(),
      retryPolicy: z.looseObject({ retryCount: z.number(), retryOn: z.array(z.string()).nullish() }).nullish(),
    })
    .nullish(),
  edgeZones: z.looseObject({ zones: z.array(z.string()) }).nullish(),
  createdAt: z.string().nullish(),
  updatedAt: z.string().nullish(),
});
/** A Setting as Twilio has it. */
export type LiveSetting = z.infer<typeof LiveSetting>;

/** The schema of a SharedKey without its secret. */
export const LiveSharedKey = z.looseObject({
  id: z.string(),
  friendlyName: z.string().nullish(),
  createdAt: z.string().nullish(),
});
/** A SharedKey as Twilio lists it. */
export type LiveSharedKey = z.infer<typeof LiveSharedKey>;

/** The schema of an Operation: a change of a Rule on its way to all of Twilio's regions. */
export const LiveOperation = z.looseObject({
  id: z.string(),
  status: z.enum(["PENDING", "RUNNING", "COMPLETED", "CANCELLED", "FAILED"]),
  resourceId: z.string().nullish(),
  createdAt: z.string().nullish(),
  error: z.looseObject({ code: z.number(), detail: z.string() }).nullish(),
});
/** An Operation. */
export type LiveOperation = z.infer<typeof LiveOperation>;

/** The account's Rules and Settings. */
export interface LiveSigning {
  readonly rules: readonly LiveRule[];
  readonly settings: readonly LiveSetting[];
}

/** The auth token with HMAC-SHA1, nobody, or a key with its algorithm. */
export type Signer = "auth token" | "nobody" | { readonly key: string; readonly algorithm: string };

/** The signer under a Setting. The auth token signs without a Setting, without a signature in it, and under a Setting of Twilio's own without a key. */
export function signerOf({ type, signature }: Pick<LiveSetting, "type" | "signature">): Signer {
  if (signature === undefined || signature === null) return "auth token";
  if (signature.type.toUpperCase() === "NONE") return "nobody";
  if (type === "SYSTEM" && !signature.sharedKeyId) return "auth token";
  return { key: signature.sharedKeyId ?? "unnamed", algorithm: signature.algorithm ?? "an unnamed algorithm" };
}
