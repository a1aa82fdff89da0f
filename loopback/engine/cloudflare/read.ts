/** The reading that the provider's resources share. */
import type { LiveResource } from "../protocol/provider-server.ts";
import { CloudflareRequestError } from "./client.ts";

/** An ID is `<parent>/<own>` on an import, and the own one alone in the state, which has the parent among its outputs. */
export function identify(id: string, parentInState: unknown): { parent: string; own: string; imported: boolean } {
  const [parent = "", own] = id.split("/", 2);
  if (own !== undefined) return { parent, own, imported: true };
  if (typeof parentInState === "string") return { parent: parentInState, own: id, imported: false };
  throw new Error(`the import ID "${id}" must be <account>/<tunnel> or <zone>/<record>`);
}

/** A resource that is gone is absent. On an import that is an error, since the import needs it. */
export async function readOrGone(
  imported: boolean,
  get: () => Promise<LiveResource>,
): Promise<LiveResource | undefined> {
  try {
    return await get();
  } catch (error) {
    if (!imported && error instanceof CloudflareRequestError && error.status === 404) return undefined;
    throw error;
  }
}

/** A moment of the API in whole seconds, which are all that the provider keeps. */
export function wholeSeconds(moment: string | undefined): string | undefined {
  return moment?.replace(/\.\d+/, "");
}
