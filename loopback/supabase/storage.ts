/**
 * Supabase Storage, as @supabase/storage-js calls it: upload, download and list.
 * Sources: https://github.com/supabase/storage/tree/master/src/http/routes/object and
 * https://supabase.com/docs/guides/storage/debugging/error-codes
 */
import { randomUUID } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { Faults } from "../serving/faults.ts";
import { faulting } from "../serving/middleware.ts";
import { type Route, routesOf } from "../serving/routes.ts";
import { serveApp } from "../serving/serve-app.ts";
import { authenticating, errorResponse, faultResponse, StorageFailure } from "./errors.ts";
import { listFolder } from "./list.ts";
import type { BucketLimits, StorageState, StoredObject } from "./state.ts";

/** The running storage. */
export interface SupabaseStorage {
  readonly state: StorageState;
  /** Makes the next matching requests fail. */
  readonly faults: Faults;
  /** The project's URL, `http://127.0.0.1:<port>`. */
  readonly projectUrl: string;
  /** The URL for a `StorageClient`, `http://127.0.0.1:<port>/storage/v1`. */
  readonly url: string;
  /** The routes that are served. */
  readonly routes: readonly Route[];
  close(): Promise<void>;
}

const BASE_PATH = "/storage/v1";

/**
 * Serves the storage.
 *
 * @throws Error if the port is taken
 */
export async function startSupabaseStorage(
  { serviceKey, buckets }: { readonly serviceKey: string; readonly buckets: readonly string[] },
  port?: number,
): Promise<SupabaseStorage> {
  const state: StorageState = {
    serviceKey,
    buckets: new Set(buckets),
    limits: new Map(),
    objects: new Map(),
    ownStatuses: false,
  };
  const faults = new Faults();
  const app = new Hono();
  app.use(faulting(faults, faultResponse), authenticating(state));
  app.notFound(() => errorResponse(new StorageFailure(404, "Not Found", "Not Found", "Route not found"), true));
  app.onError((error) =>
    error instanceof StorageFailure
      ? errorResponse(error, state.ownStatuses)
      : errorResponse(new StorageFailure(500, "InternalError", "Internal", `loopback: ${error.message}`)),
  );
  app.post(`${BASE_PATH}/object/list/:bucket`, async (c) => c.json(await listFolder(state, c)));
  app.post(`${BASE_PATH}/object/:bucket/:path{.+}`, (c) => upload(state, c, c.req.header("x-upsert") === "true"));
  app.put(`${BASE_PATH}/object/:bucket/:path{.+}`, (c) => upload(state, c, true));
  app.get(`${BASE_PATH}/object/:bucket/:path{.+}`, (c) => download(state, c));
  const { origin: projectUrl, close } = await serveApp(app, port);
  return { state, faults, routes: routesOf(app), projectUrl, url: `${projectUrl}${BASE_PATH}`, close };
}

async function upload(state: StorageState, c: Context, replaces: boolean): Promise<Response> {
  const { bucket, path } = address(state, c);
  const key = `${bucket}/${path}`;
  const known = state.objects.get(key);
  if (known !== undefined && !replaces) {
    throw new StorageFailure(409, "KeyAlreadyExists", "Duplicate", "The resource already exists");
  }
  const now = new Date().toISOString();
  const { id, uploads, createdAt } = known ?? { id: randomUUID(), uploads: 0, createdAt: now };
  const upload = await readUpload(c);
  refuseOver(state.limits.get(bucket) ?? {}, upload);
  const stored = { id, bucket, path, ...upload, uploads: uploads + 1, createdAt, updatedAt: now };
  state.objects.set(key, stored);
  return c.json({ Key: key, Id: id });
}

type Upload = Pick<StoredObject, "bytes" | "contentType">;

/** Reads the uploaded object. The client sends a `Blob` as a form with one file, and everything else as it is. */
async function readUpload(c: Context): Promise<Upload> {
  const contentType = c.req.header("Content-Type") ?? "application/octet-stream";
  if (!contentType.startsWith("multipart/form-data")) {
    return { bytes: new Uint8Array(await c.req.arrayBuffer()), contentType };
  }
  const file = [...(await c.req.formData()).values()].find((value) => value instanceof File);
  if (file === undefined) throw new StorageFailure(400, "InvalidRequest", "InvalidRequest", "No content provided");
  return { bytes: new Uint8Array(await file.arrayBuffer()), contentType: file.type };
}

/** Refuses an object that its bucket does not take: the type first, as the storage knows it before the object's end. */
function refuseOver({ maxBytes, contentTypes }: BucketLimits, { bytes, contentType }: Upload): void {
  const [kind] = contentType.split("/", 1);
  if (contentTypes !== undefined && !contentTypes.some((type) => type === contentType || type === `${kind}/*`)) {
    throw new StorageFailure(415, "InvalidMimeType", "invalid_mime_type", `mime type ${contentType} is not supported`);
  }
  if (bytes.length > (maxBytes ?? Number.POSITIVE_INFINITY)) {
    throw new StorageFailure(
      413,
      "EntityTooLarge",
      "Payload too large",
      "The object exceeded the maximum allowed size",
    );
  }
}

function download(state: StorageState, c: Context): Response {
  const { bucket, path } = address(state, c);
  const found = state.objects.get(`${bucket}/${path}`);
  if (found === undefined) throw new StorageFailure(404, "NoSuchKey", "not_found", "Object not found");
  return new Response(found.bytes, { headers: { "Content-Type": found.contentType } });
}

const Address = z.object({ bucket: z.string(), path: z.string() });

function address({ buckets }: StorageState, c: Context): z.infer<typeof Address> {
  const found = Address.parse(c.req.param());
  if (!buckets.has(found.bucket)) {
    throw new StorageFailure(404, "NoSuchBucket", "Bucket not found", "Bucket not found");
  }
  return found;
}
