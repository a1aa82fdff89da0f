/** Stores recordings in a private bucket of Supabase Storage. Source: https://supabase.com/docs/reference/javascript/storage-from-upload */
import { StorageClient, type StorageError } from "@supabase/storage-js";
import { RecordingRefused, type RecordingStore, STORE_TIMEOUT_MS } from "./recording-store.ts";

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
      const message = `the bucket ${bucket} (RECORDINGS_BUCKET) did not take a recording: ${said}`;
      throw isFinal(error) ? new RecordingRefused(message, { cause: error }) : new Error(message, { cause: error });
    },
  };
}

/** The statuses of an object that is too large, or of a type that the bucket does not take. */
const FINAL_STATUSES = ["413", "415"];

/**
 * Whether the bucket refuses the recording itself. The storage answers with its own status, or with 400 and its own status in the body; a proxy
 * before it answers with a page. Source: https://supabase.com/docs/guides/storage/debugging/error-codes
 */
function isFinal({ status, statusCode }: StorageError): boolean {
  return [String(status), statusCode].some((given) => given !== undefined && FINAL_STATUSES.includes(given));
}
