/** `hub:signing` of the tests. */

import { z } from "zod";
import { type Changes, replacedAll } from "./config.ts";

/** The IDs of two keys. */
export const KEY = "webhooks_sharedkey_01k9x3f8m7q2r5t6v8w0y1z2a3";
export const OTHER_KEY = "webhooks_sharedkey_01k9x3f8m7q2r5t6v8w0y1z2b4";

const Unparsed = z.looseObject({
  keys: z.array(z.unknown()),
  settings: z.array(z.unknown()),
  rules: z.array(z.looseObject({})),
});

/** A valid `hub:signing` that refuses the auth token, with some values replaced. */
export function signingWith(changes: Changes = {}): z.infer<typeof Unparsed> {
  return Unparsed.parse(replacedAll(SIGNING, changes));
}

const SIGNING = {
  authToken: "refuse",
  keys: [{ id: KEY, algorithm: "HMAC_SHA256", secret: "op://Aurora/twilio/signing-key", from: "2026-11-01T00:00:00Z" }],
  settings: [{ name: "first", key: KEY }],
  rules: [{ urls: "all", settings: [{ setting: "first", percentage: 100 }] }],
  queries: "ignored",
  apiKey: { sid: "op://Aurora/twilio/api-key-sid", secret: "op://Aurora/twilio/api-key-secret" },
  gateFileKey: "op://Aurora/twilio-hub/gate-file-key",
};
