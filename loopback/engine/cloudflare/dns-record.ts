/** The resource `DnsRecord`. */
import { isDeepStrictEqual } from "node:util";
import type Cloudflare from "cloudflare";
import { z } from "zod";
import { bridgedResource, isNew } from "../protocol/bridged-resource.ts";
import { parse } from "../protocol/parse.ts";
import { type Properties, UNKNOWN, withoutNulls } from "../protocol/properties.ts";
import { answered } from "./client.ts";
import { identify, readOrGone, wholeSeconds } from "./read.ts";

const TYPE = "DnsRecord";

const Settings = z.strictObject({
  flattenCname: z.boolean().default(false),
  ipv4Only: z.boolean().default(false),
  ipv6Only: z.boolean().default(false),
});

const Inputs = z.strictObject({
  zoneId: z.string(),
  name: z.string(),
  type: z.literal("CNAME"),
  content: z.string(),
  proxied: z.boolean().default(false),
  ttl: z.number(),
  comment: z.string().exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  settings: Settings.exactOptional(),
});
type Inputs = z.infer<typeof Inputs>;

/** The resource. Its import ID is `<zone>/<record>`. */
export const dnsRecord = bridgedResource<Cloudflare>({
  replaceOn: ["zoneId", "type"],
  plan: (inputs, state) => plan(parse(Inputs, inputs, TYPE), state),
  importedInputs: ({ zoneId, name, type, content, proxied, ttl, comment, tags }) => ({
    ...{ zoneId, name, type, content, ttl },
    ...(proxied === true && { proxied }),
    ...(typeof comment === "string" && comment !== "" && { comment }),
    ...(Array.isArray(tags) && tags.length > 0 && { tags }),
  }),
  async create(client, properties) {
    const { zoneId, ...record } = parse(Inputs, properties, TYPE);
    const created = await answered(client.dns.records.create({ zone_id: zoneId, ...body(record) }));
    return { id: created.id, outputs: outputs(zoneId, created) };
  },
  read(client, id, state) {
    const { parent, own, imported } = identify(id, state.zoneId);
    return readOrGone(imported, async () => {
      const record = await answered(client.dns.records.get(own, { zone_id: parent }));
      return { id: own, outputs: outputs(parent, record) };
    });
  },
  async update(client, id, properties) {
    const { zoneId, ...record } = parse(Inputs, properties, TYPE);
    return outputs(zoneId, await answered(client.dns.records.update(id, { zone_id: zoneId, ...body(record) })));
  },
  async delete(client, id, state) {
    await answered(client.dns.records.delete(id, { zone_id: identify(id, state.zoneId).parent }));
  },
});

/**
 * Plans the record after an update. If the program leaves out tags or settings, they stay; so tags set by hand are not a change on their
 * own. If it leaves out the comment, an existing one is removed, which is a change. Any change makes Cloudflare's own values unknown.
 * Source: https://github.com/cloudflare/terraform-provider-cloudflare/blob/main/internal/services/dns_record/custom.go (`ModifyPlan`)
 */
function plan(inputs: Inputs, state: Properties): Properties {
  const { comment, ...kept } = state;
  const proposed = { ...kept, ...inputs };
  // Another zone means another record, not a change of this record.
  if (isDeepStrictEqual(withoutNulls({ ...proposed, zoneId: state.zoneId }), withoutNulls(state))) return proposed;
  const tags = inputs.tags ?? (isNew(state) || !isEmpty(state.tags) ? UNKNOWN : state.tags);
  return {
    ...proposed,
    ...(isNew(state) && {
      id: UNKNOWN,
      createdOn: UNKNOWN,
      proxiable: UNKNOWN,
      meta: UNKNOWN,
      settings: inputs.settings ?? UNKNOWN,
    }),
    tags,
    modifiedOn: UNKNOWN,
    commentModifiedOn: momentOf(inputs.comment, comment, state.commentModifiedOn),
    tagsModifiedOn: momentOf(tags, state.tags, state.tagsModifiedOn),
  };
}

/** The time of the last change of a comment or tags: undefined if there are none, as before if they stay, otherwise unknown. */
function momentOf(planned: unknown, live: unknown, moment: unknown): unknown {
  if (isEmpty(planned)) return undefined;
  return isDeepStrictEqual(planned, live) ? moment : UNKNOWN;
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

function body({ settings, ...record }: Omit<Inputs, "zoneId">) {
  return {
    ...record,
    ...(settings && {
      settings: { flatten_cname: settings.flattenCname, ipv4_only: settings.ipv4Only, ipv6_only: settings.ipv6Only },
    }),
  };
}

function outputs(zoneId: string, record: Cloudflare.DNS.RecordResponse): Properties {
  const { id, name, type, content, proxied, proxiable, ttl, comment, tags, settings, meta } = record;
  return {
    ...{ id, zoneId, name, type, content, proxied, proxiable, ttl, tags },
    ...(typeof comment === "string" && { comment }),
    settings: liveSettings(settings),
    meta: JSON.stringify(meta ?? {}),
    createdOn: wholeSeconds(record.created_on),
    modifiedOn: wholeSeconds(record.modified_on),
    commentModifiedOn: wholeSeconds(record.comment_modified_on),
    tagsModifiedOn: wholeSeconds(record.tags_modified_on),
  };
}

/** The settings as the provider shows them: all of them, with false for each that the API leaves out. */
function liveSettings(settings: object | undefined): Properties {
  const flag = (name: string) => settings !== undefined && Reflect.get(settings, name) === true;
  return { flattenCname: flag("flatten_cname"), ipv4Only: flag("ipv4_only"), ipv6Only: flag("ipv6_only") };
}
