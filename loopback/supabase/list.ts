/**
 * Lists a folder of a bucket.
 * Source: https://github.com/supabase/storage/blob/master/src/http/routes/object/listObjects.ts
 */
import type { Context } from "hono";
import { z } from "zod";
import type { StorageState, StoredObject } from "./state.ts";

const ListRequest = z.looseObject({
  prefix: z.string(),
  limit: z.int().default(100),
  offset: z.int().default(0),
  search: z.string().default(""),
  sortBy: z.looseObject({ order: z.enum(["asc", "desc"]).default("asc") }).default({ order: "asc" }),
});

/** An entry of a folder: an object, or another folder, which has no ID. */
type Entry = { readonly name: string } & Readonly<Record<string, unknown>>;

/**
 * Lists the entries directly in the requested folder. They are always sorted by name, whatever column the request sorts by. A missing
 * bucket is listed like an empty one.
 */
export async function listFolder({ objects }: StorageState, c: Context): Promise<Entry[]> {
  const { prefix, limit, offset, search, sortBy } = ListRequest.parse(await c.req.json());
  const folder = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const inside = [...objects.values()].filter(
    ({ bucket, path }) => bucket === c.req.param("bucket") && path.startsWith(folder),
  );
  const entries = new Map(inside.map((object) => entryOf(object, folder)).map((entry) => [entry.name, entry]));
  const found = [...entries.values()].filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  found.sort((a, b) => (a.name < b.name ? -1 : 1) * (sortBy.order === "asc" ? 1 : -1));
  return found.slice(offset, offset + limit);
}

function entryOf({ id, path, bytes, contentType, createdAt, updatedAt }: StoredObject, folder: string): Entry {
  const [name = "", ...deeper] = path.slice(folder.length).split("/");
  const times = { created_at: createdAt, updated_at: updatedAt, last_accessed_at: updatedAt };
  if (deeper.length > 0) {
    return { name, id: null, created_at: null, updated_at: null, last_accessed_at: null, metadata: null };
  }
  return { name, id, ...times, metadata: { size: bytes.length, contentLength: bytes.length, mimetype: contentType } };
}
