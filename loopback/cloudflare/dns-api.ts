/**
 * The API for DNS records.
 * Source: https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { CloudflareError, success, successPage } from "./errors.ts";
import { type CloudflareState, type DnsRecord, dnsRecord } from "./state.ts";

const RecordBody = z.object({
  name: z.string().min(1),
  type: z.string().min(1),
  content: z.string(),
  ttl: z.number().int().optional(),
  proxied: z.boolean().optional(),
  comment: z.string().nullable().optional(),
  tags: z.array(z.string()).optional(),
  settings: z.record(z.string(), z.unknown()).optional(),
  priority: z.number().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});
type RecordBody = z.infer<typeof RecordBody>;

/** The routes under `/zones/<zone>/dns_records`. PUT overwrites a record; PATCH changes the given fields. */
export function dnsApi(state: CloudflareState): Hono {
  const app = new Hono();
  app.get("/", (c) => list(state, c));
  app.post("/", async (c) => {
    const body = await readBody(c, RecordBody);
    return success(store(state, randomBytes(16).toString("hex"), body));
  });
  app.get("/:id", (c) => success(existing(state, c)));
  app.put("/:id", async (c) => {
    const old = existing(state, c);
    return success(store(state, old.id, await readBody(c, RecordBody), old));
  });
  app.patch("/:id", async (c) => {
    const old = existing(state, c);
    const changes = await readBody(c, RecordBody.partial());
    return success(store(state, old.id, RecordBody.parse({ ...old, ...changes }), old));
  });
  app.delete("/:id", (c) => {
    const { id } = existing(state, c);
    state.records.delete(id);
    return success({ id });
  });
  return app;
}

async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const parsed = schema.safeParse(await c.req.json());
  if (parsed.success) return parsed.data;
  throw new CloudflareError(400, 9005, `DNS Validation Error: ${z.prettifyError(parsed.error)}`);
}

function existing(state: CloudflareState, c: Context): DnsRecord {
  const record = state.records.get(c.req.param("id") ?? "");
  if (record === undefined) throw new CloudflareError(404, 81044, "Record does not exist.");
  return record;
}

function store(state: CloudflareState, id: string, body: RecordBody, old?: DnsRecord): DnsRecord {
  const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
  const { name, type, content } = body;
  const record = dnsRecord({ ...given, id, type, content, name: fullName(state, name) });
  if (old !== undefined) keepMoments(record, old);
  checkConflicts(state, record);
  state.records.set(id, record);
  return record;
}

/** Keeps the times of an earlier record: of its creation, and of the comment and the tags if they are the same. */
function keepMoments(record: DnsRecord, old: DnsRecord): void {
  record.created_on = old.created_on;
  if (record.comment === old.comment && old.comment_modified_on) record.comment_modified_on = old.comment_modified_on;
  if (isDeepStrictEqual(record.tags, old.tags) && old.tags_modified_on) record.tags_modified_on = old.tags_modified_on;
}

/** A record's full name, in lower case. A name may be relative to the zone, and `@` is the zone itself. */
function fullName({ zone }: CloudflareState, name: string): string {
  const lower = name.toLowerCase();
  if (lower === "@") return zone.name;
  return lower === zone.name || lower.endsWith(`.${zone.name}`) ? lower : `${lower}.${zone.name}`;
}

function checkConflicts(state: CloudflareState, record: DnsRecord): void {
  const others = [...state.records.values()].filter(({ id, name }) => id !== record.id && name === record.name);
  if (others.some(({ type, content }) => type === record.type && content === record.content)) {
    throw new CloudflareError(400, 81058, "An identical record already exists.");
  }
  const isAddress = ({ type }: DnsRecord) => ["A", "AAAA", "CNAME"].includes(type);
  const clashes = others.some((other) => isAddress(other) && (record.type === "CNAME" || other.type === "CNAME"));
  if (isAddress(record) && clashes) {
    throw new CloudflareError(400, 81053, "An A, AAAA, or CNAME record with that host already exists.");
  }
}

function list(state: CloudflareState, c: Context): Response {
  const query = c.req.query();
  const name = query["name.exact"] ?? query.name;
  const content = query["content.exact"] ?? query.content;
  const found = [...state.records.values()].filter(
    (record) =>
      (name === undefined || record.name === name.toLowerCase()) &&
      (content === undefined || record.content === content) &&
      (query.type === undefined || record.type === query.type),
  );
  return successPage(found, query, 100);
}
