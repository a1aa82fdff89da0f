/** `hub:signing` of a handler's site: a key that is valid, one that is expired, and one whose time has not come. */
import type { SigningSecret } from "../../../handlers/start/credentials.ts";
import { SIGNING_KEY } from "../../../handlers/testing/signing.ts";
import { SharedKeyId } from "../../../hub/config/signing.ts";
import { signingWith } from "../../../hub/testing/signing.ts";
import type { SiteOptions } from "./handler-process.ts";

const DAY_MS = 24 * 60 * 60_000;

/** A moment as the config writes it, some days from now. */
const moment = (days: number) => `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19)}Z`;

const keyOf = (digit: number, from: string, until?: string): SigningSecret => ({
  ...SIGNING_KEY,
  id: SharedKeyId.parse(`webhooks_sharedkey_${String(digit).padStart(26, "0")}`),
  secret: `secret-of-key-${digit}`,
  from,
  ...(until !== undefined && { until }),
});

/** The keys of the site. */
export const SITE_KEYS = {
  valid: keyOf(1, moment(-2)),
  expired: keyOf(2, moment(-2), moment(-1)),
  early: keyOf(3, moment(1)),
  /** A key that the site does not declare. */
  unknown: keyOf(4, moment(-2)),
};

/** The secrets of the site, by their references. */
export interface SiteSecrets {
  readonly signingKey: string;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
  readonly gateFileKey: string;
}

const SECRETS: SiteSecrets = {
  signingKey: SITE_KEYS.valid.secret,
  apiKeySid: `SK${"5".repeat(32)}`,
  apiKeySecret: "secret-of-the-api-key",
  gateFileKey: "key-of-the-gate-file-of-the-tests",
};

/** The options of a site with these keys, whose secrets may be replaced. */
export function signingSite(authToken: "accept" | "refuse", replaced: Partial<SiteSecrets> = {}): SiteOptions {
  const { signingKey, apiKeySid, apiKeySecret, gateFileKey } = { ...SECRETS, ...replaced };
  const { valid, expired, early } = SITE_KEYS;
  const reference = (name: string) => `op://Aurora/twilio/${name}`;
  const keys = [valid, expired, early].map((key) => ({ ...key, secret: reference(key.id) }));
  return {
    config: { signing: signingWith({ authToken, keys, "settings.0.key": valid.id }) },
    vault: {
      [reference(valid.id)]: signingKey,
      [reference(early.id)]: early.secret,
      [reference("api-key-sid")]: apiKeySid,
      [reference("api-key-secret")]: apiKeySecret,
      "op://Aurora/twilio-hub/gate-file-key": gateFileKey,
    },
  };
}
