/** The signer of the webhooks that a Setting applies to. */
import type { LiveSetting } from "./live-rules.ts";

/** The auth token with HMAC-SHA1, nobody, or a key with its algorithm. */
export type Signer = "auth token" | "nobody" | { readonly key: string; readonly algorithm: string };

/** The signer under a Setting. The auth token signs without a Setting, without a signature in it, and under a Setting of Twilio's own without a key. */
export function signerOf({ type, signature }: Pick<LiveSetting, "type" | "signature">): Signer {
  if (signature === undefined || signature === null) return "auth token";
  if (signature.type.toUpperCase() === "NONE") return "nobody";
  if (type === "SYSTEM" && !signature.sharedKeyId) return "auth token";
  return { key: signature.sharedKeyId ?? "unnamed", algorithm: signature.algorithm ?? "an unnamed algorithm" };
}
