/** The properties that a provider computes and nobody can set. */
import { DNS_RECORD_TYPE, PHONE_NUMBER_TYPE, TUNNEL_CONFIG_TYPE } from "../../hub/guards/resource-types.ts";

/**
 * By resource type. Providers name them among the changed properties of every update, although the program sets none of them. A property that can
 * be set is not listed, so a value that somebody set by hand at a vendor shows.
 */
export const COMPUTED_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  [DNS_RECORD_TYPE]: ["commentModifiedOn", "createdOn", "meta", "modifiedOn", "proxiable", "tagsModifiedOn"],
  [TUNNEL_CONFIG_TYPE]: ["createdAt", "version"],
  [PHONE_NUMBER_TYPE]: ["sid"],
};
