/** The provider's resources share these functions for reading. */
import type { LiveResource } from "../protocol/provider-server.ts";
import { CloudflareRequestError } from "./client.ts";

/**
 * Splits a resource's ID. On an import the ID is `<parent>/<own>`. In the state it is only the own ID, and the outputs have the parent.
 *
 * @throws Error if neither the ID nor the state has the parent
 */
export function identify(id: string, parentInState: unknown): { parent: string; own: string; imported: boolean } {
  const [parent = "", own] = id.split("/", 2);
  if (own !== undefined) return { parent, own, imported: true };
  if (typeof parentInState === "string") return { parent: parentInState, own: id, imported: false };
  throw new Error(`the import ID "${id}" must be <account>/<tunnel> or <zone>/<record>`);
}

/**
 * Reads a resource; undefined if it does not exist.
 *
 * @throws CloudflareRequestError if the request fails, or if the resource of an import does not exist
 */
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

/** Removes the fraction of a second from a time of the API, as the provider does. */
export function wholeSeconds(moment: string | undefined): string | undefined {
  return moment?.replace(/\.\d+/, "");
}
