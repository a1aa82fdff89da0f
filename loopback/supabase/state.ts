/** What a Supabase project stores. */

/** A stored object. */
export interface StoredObject {
  readonly id: string;
  readonly bucket: string;
  /** The path in the bucket. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** How often it was stored; more than one where it was replaced. */
  readonly uploads: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** One project's storage. Tests read it, and change it where somebody changes it by hand. */
export interface StorageState {
  /** The service key, for the headers `Authorization` and `apikey`. */
  serviceKey: string;
  readonly buckets: Set<string>;
  /** The objects by bucket and path, with a slash between. */
  readonly objects: Map<string, StoredObject>;
  /**
   * Whether an error's HTTP status is its own. Supabase's is 400 for every error of the client, and the body's `statusCode` tells the
   * one that is meant: 404, 409.
   */
  ownStatuses: boolean;
}
