import type { LiveSigning } from "../../hub/signing/live-rules.ts";
import type { WebhooksApi } from "../vendors/webhooks-api.ts";

/** The two lists that are read. */
export type SigningLists = Pick<WebhooksApi, "rules" | "settings">;

/** Reads all Rules and Settings of the account. It throws as the API does. */
export async function readSigning(api: SigningLists): Promise<LiveSigning> {
  const [rules, settings] = await Promise.all([api.rules(), api.settings()]);
  return { rules, settings };
}
