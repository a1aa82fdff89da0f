/** Stores recordings in a private bucket of Supabase Storage. Source: https://supabase.com/docs/reference/javascript/storage-from-upload */
import { StorageClient } from "@supabase/storage-js";
import { type RecordingStore, STORE_TIMEOUT_MS } from "./recording-store.ts";

/** A bucket of a Supabase project. */
export interface SupabaseBucket {
  /** The project's URL without a trailing slash. */
  readonly supabaseUrl: string;
  readonly serviceRoleKey: string;
  /** The bucket's name. The bucket must exist. */
  readonly bucket: string;
  /** The time limit for an upload, in milliseconds. Default: {@link STORE_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
}

/** Makes a store in a bucket. A recording's URL is `supabase://<bucket>/<key>`. */
export function createSupabaseStore(settings: SupabaseBucket): RecordingStore {
  const { supabaseUrl, serviceRoleKey, bucket, timeoutMs = STORE_TIMEOUT_MS } = settings;
  const headers = { apikey: serviceRoleKey, Authorization: `Bearer ${serviceRoleKey}` };
  return {
    put: async (key, bytes, contentType, stopping) => {
      const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]);
      const send: typeof fetch = (input, init) => fetch(input, { ...init, signal });
      const files = new StorageClient(`${supabaseUrl}/storage/v1`, headers, send).from(bucket);
      const { error } = await files.upload(key, bytes, { contentType, upsert: true });
      if (error === null) return `supabase://${bucket}/${key}`;
      const said = error.status === undefined ? error.message : `HTTP ${error.status}: ${error.message}`;
      throw new Error(`the bucket ${bucket} (RECORDINGS_BUCKET) did not take a recording: ${said}`, { cause: error });
    },
  };
}
