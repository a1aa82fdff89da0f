/** Which signatures a release accepts, and for which URLs. The release holds it as a file, so that it can be asked of the release that runs. */
import { z } from "zod";
import { SharedKeyId, SIGNING_ALGORITHMS, type SigningKey } from "../config/signing.ts";
import type { OpReference } from "../values/values.ts";
import { calledAt, registeredManifestUrls, type UrlManifest } from "./declared-rules.ts";
import { keyState } from "./key-state.ts";
import type { Signer } from "./live-rules.ts";

/** The file's name in the release. A release without `hub:signing` does not have it, and accepts the auth token alone. */
export const ACCEPTED_SIGNING_FILE = "signing.json";

const AcceptedKey = z.strictObject({
  id: SharedKeyId,
  algorithm: z.enum(SIGNING_ALGORITHMS),
  from: z.string(),
  until: z.string().exactOptional(),
});

/** The schema of the file. */
export const AcceptedSigning = z.strictObject({
  authToken: z.boolean(),
  keys: z.array(AcceptedKey),
  /** The URLs at which Twilio calls the release, with the query of a later turn. */
  urls: z.array(z.string()),
});
/** The signatures that a release accepts: the auth token's, and those of keys, without their secrets. */
export type AcceptedSigning = z.infer<typeof AcceptedSigning>;

/** The signatures that a release without the file accepts. */
export const TOKEN_ALONE: AcceptedSigning = { authToken: true, keys: [], urls: [] };

/** The part of a manifest that says what its handler accepts. */
export type SigningManifest = UrlManifest & {
  readonly secrets: { readonly authToken?: OpReference; readonly signingKeys?: readonly SigningKey[] };
};

/** The signatures that a manifest's handler accepts. */
export function acceptedSigning(manifest: SigningManifest): AcceptedSigning {
  const { authToken, signingKeys = [] } = manifest.secrets;
  return {
    authToken: authToken !== undefined,
    keys: signingKeys.map(({ id, algorithm, from, until }) => ({
      ...{ id, algorithm, from },
      ...(until !== undefined && { until }),
    })),
    urls: registeredManifestUrls(manifest).flatMap(calledAt),
  };
}

/** Whether a webhook of this signer is accepted at a moment. */
export function accepts(accepted: AcceptedSigning, signer: Signer, now: Date): boolean {
  return refusalReason(accepted, signer, now) === undefined;
}

/** The reason why a webhook of this signer is refused at a moment, as in "the key is not declared", or undefined. */
export function refusalReason({ authToken, keys }: AcceptedSigning, signer: Signer, now: Date): string | undefined {
  if (signer === "auth token") return authToken ? undefined : "not accepted";
  if (signer === "nobody") return "missing";
  const key = acceptedKey(keys, signer);
  if (key === undefined) return "not declared";
  const state = keyState(key, now);
  if (state === "expired") return `expired since ${key.until}`;
  return state === "valid" ? undefined : `not valid before ${key.from}`;
}

/** The first moment at which a key of a signer no longer counts; undefined if it has none. */
export function acceptedUntil({ keys }: AcceptedSigning, signer: Exclude<Signer, string>): string | undefined {
  return acceptedKey(keys, signer)?.until;
}

function acceptedKey(keys: AcceptedSigning["keys"], signer: Exclude<Signer, string>) {
  return keys.find(({ id, algorithm }) => id === signer.key && algorithm === signer.algorithm);
}
