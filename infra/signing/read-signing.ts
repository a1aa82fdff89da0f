import type { AppliedSigning } from "../../hub/signing/applied/unapplied-changes.ts";
import { isMarked } from "../../hub/signing/declared-rules.ts";
import type { LiveSigning } from "../../hub/signing/live-rules.ts";
import type { WebhooksApi } from "../vendors/webhooks-api.ts";

/** The two lists that are read. */
export type SigningLists = Pick<WebhooksApi, "rules" | "settings">;

/** Reads all Rules and Settings of the account. It throws as the API does. */
export async function readSigning(api: SigningLists): Promise<LiveSigning> {
  const [rules, settings] = await Promise.all([api.rules(), api.settings()]);
  return { rules, settings };
}

/**
 * Reads the Operations too, unless the account has nothing of the hub's. It throws as the API does.
 *
 * @param isDeclared whether the config has `hub:signing`: the Operations are then read beside the lists
 */
export async function readAppliedSigning(
  api: SigningLists & Pick<WebhooksApi, "operations">,
  isDeclared: boolean,
): Promise<AppliedSigning> {
  const [live, operations] = await Promise.all([readSigning(api), isDeclared ? api.operations() : undefined]);
  if (operations !== undefined) return { ...live, operations };
  return { ...live, operations: live.rules.some(isMarked) ? await api.operations() : [] };
}
