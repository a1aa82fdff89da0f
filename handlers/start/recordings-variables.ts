/** The variables for the place of recordings: a folder or a bucket. */
import { z } from "zod";
import { RecordingsBucket, RecordingsFolder, type SecretSource, ServiceRoleKey, SupabaseUrl } from "./variables.ts";

/** A folder of this machine (an absolute path), or a bucket of a Supabase project (its URL without a trailing slash). */
export type RecordingsStore<Secret = string> =
  | { readonly folder: string }
  | { readonly supabaseUrl: string; readonly serviceRoleKey: Secret; readonly bucket: string };

type Schema = z.ZodType<RecordingsStore<SecretSource>>;

const FolderVariables = z.object({ RECORDINGS_FOLDER: RecordingsFolder });

const BucketVariables = z.object({
  SUPABASE_URL: SupabaseUrl,
  SUPABASE_SERVICE_ROLE_KEY: ServiceRoleKey,
  RECORDINGS_BUCKET: RecordingsBucket,
});

const BUCKET_NAMES = Object.keys(BucketVariables.shape);
const BUCKET_LIST = "SUPABASE_URL, SUPABASE_SERVICE_ROLE_KEY and RECORDINGS_BUCKET";

const Folder: Schema = FolderVariables.transform(({ RECORDINGS_FOLDER: folder }) => ({ folder }));

const Bucket: Schema = BucketVariables.transform((variables) => ({
  supabaseUrl: variables.SUPABASE_URL,
  serviceRoleKey: variables.SUPABASE_SERVICE_ROLE_KEY,
  bucket: variables.RECORDINGS_BUCKET,
}));

/** The schema of the place whose variables are set. If variables of neither place or of both are set, the schema refuses everything. */
export function recordingsSchema(variables: Readonly<Record<string, string | undefined>>): Schema {
  const ofBucket = BUCKET_NAMES.filter((name) => variables[name] !== undefined);
  const hasFolder = variables.RECORDINGS_FOLDER !== undefined;
  if (hasFolder && ofBucket.length > 0) {
    return refusal(`expected this or ${BUCKET_LIST}, not both; unset RECORDINGS_FOLDER or ${ofBucket.join(", ")}`);
  }
  if (hasFolder) return Folder;
  if (ofBucket.length > 0) return Bucket;
  return refusal(`missing; expected an absolute path, like /var/lib/twilio-hub/recordings, or ${BUCKET_LIST} instead`);
}

function refusal(error: string): Schema {
  return z.custom<RecordingsStore<SecretSource>>(() => false, { error, path: ["RECORDINGS_FOLDER"] });
}
