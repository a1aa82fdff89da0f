/** The state of a Supabase project's storage. */

/** A stored object. */
export interface StoredObject {
  readonly id: string;
  readonly bucket: string;
  /** The path in the bucket. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentType: string;
  /** How often it was stored; more than 1 if it was replaced. */
  readonly uploads: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The objects that a bucket takes. Source: https://supabase.com/docs/guides/storage/buckets/creating-buckets#restricting-uploads */
export interface BucketLimits {
  /** The size of the largest object, in bytes. Default: no limit. */
  readonly maxBytes?: number;
  /** The content types, `audio/*` for all of a kind. Default: every type. */
  readonly contentTypes?: readonly string[];
}

/** The storage of one project. Tests read it, and change it to imitate changes by hand. */
export interface StorageState {
  /** The service key, for the `Authorization` and `apikey` headers. */
  serviceKey: string;
  readonly buckets: Set<string>;
  /** The limits of the buckets that have some. */
  readonly limits: Map<string, BucketLimits>;
  /** The objects by bucket and path, joined with a slash. */
  readonly objects: Map<string, StoredObject>;
  /**
   * Whether an error's HTTP status is its own. Supabase answers every client error with HTTP status 400; only the body's `statusCode` is
   * the error's own, for example 404 or 409.
   */
  ownStatuses: boolean;
}
