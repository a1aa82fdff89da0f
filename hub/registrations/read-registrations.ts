/** Reads the registrations of senders from Twilio. */
import type { z } from "zod";
import { Brand, Campaign, PageMeta, PoolNumber, Service, Verification } from "./answers.ts";
import type { SenderRegistration } from "./sender-registration.ts";

/**
 * Sends a GET to `messaging.twilio.com`.
 *
 * @param path the path with its query, like `/v1/Services?PageSize=100`
 * @returns the answer's JSON, or undefined if Twilio does not have the resource (404)
 * @throws Error if Twilio does not say
 */
export type GetFromTwilio = (path: string) => Promise<unknown>;

/** The registrations as Twilio has them, by SID. A SID that is missing is one that Twilio does not have. */
export interface Registrations {
  readonly campaigns: ReadonlyMap<string, Campaign>;
  readonly brands: ReadonlyMap<string, Brand>;
  /** The numbers of each service that has one of the campaigns, by the service's SID. */
  readonly pools: ReadonlyMap<string, readonly PoolNumber[]>;
  readonly verifications: ReadonlyMap<string, Verification>;
}

const PAGE = "?PageSize=100";

/** More pages than any account of a small business has. A list that does not end would be read for ever. */
const MAX_PAGES = 20;

/**
 * Reads everything that {@link wordOf} (word-of.ts) needs for some senders, one request after the other: a number's texts depend on it, and not a
 * number's pace. An answer is kept only if it is about the resource that was asked for.
 *
 * @throws Error if an answer is missing or of an unexpected form, with the path of the request
 */
export async function readRegistrations(
  get: GetFromTwilio,
  senders: readonly SenderRegistration[],
): Promise<Registrations> {
  const sidsOf = (kind: SenderRegistration["kind"]) =>
    new Set(senders.filter((sender) => sender.kind === kind).map(({ registrationSid }) => registrationSid));
  const campaigns = await readCampaigns(get, sidsOf("local"));
  const used = [...campaigns.values()];
  const brandSids = new Set(used.map(({ brand_registration_sid: sid }) => sid));
  const serviceSids = new Set(used.map(({ messaging_service_sid: sid }) => sid));
  const brands = await readEach(get, brandSids, (sid) => `/v1/a2p/BrandRegistrations/${sid}`, Brand);
  const pools = new Map<string, readonly PoolNumber[]>();
  for (const sid of serviceSids)
    pools.set(sid, await readList(get, `/v1/Services/${sid}/PhoneNumbers`, "phone_numbers", PoolNumber));
  const verificationPath = (sid: string) => `/v1/Tollfree/Verifications/${sid}`;
  const verifications = await readEach(get, sidsOf("toll-free"), verificationPath, Verification);
  return { campaigns, brands, pools, verifications };
}

/** Finds campaigns in the services of the account: a campaign can only be read under its service, which the config does not know. */
async function readCampaigns(get: GetFromTwilio, sids: ReadonlySet<string>): Promise<Map<string, Campaign>> {
  const found = new Map<string, Campaign>();
  if (sids.size === 0) return found;
  for (const service of await readList(get, "/v1/Services", "services", Service)) {
    const path = `/v1/Services/${service.sid}/Compliance/Usa2p`;
    for (const campaign of await readList(get, path, "compliance", Campaign))
      if (sids.has(campaign.sid) && campaign.messaging_service_sid === service.sid) found.set(campaign.sid, campaign);
  }
  return found;
}

async function readEach<Resource extends { readonly sid: string }>(
  get: GetFromTwilio,
  sids: ReadonlySet<string>,
  pathOf: (sid: string) => string,
  schema: z.ZodType<Resource>,
): Promise<Map<string, Resource>> {
  const found = new Map<string, Resource>();
  for (const sid of sids) {
    const body = await get(pathOf(sid));
    if (body === undefined) continue;
    const resource = parsed(schema, body, pathOf(sid));
    if (resource.sid !== sid) throw new Error(`Twilio answered ${pathOf(sid)} with another resource`);
    found.set(sid, resource);
  }
  return found;
}

/** Reads all pages of a list; none if Twilio does not have it. Of the next page's URL only the query counts, so that no answer leads elsewhere. */
async function readList<Item>(get: GetFromTwilio, path: string, key: string, schema: z.ZodType<Item>): Promise<Item[]> {
  const items: Item[] = [];
  let query = PAGE;
  for (let page = 0; page < MAX_PAGES; page++) {
    const body = await get(`${path}${query}`);
    if (body === undefined) return items;
    const { meta } = parsed(PageMeta, body, path);
    items.push(...parsed(schema.array(), memberOf(body, key), path));
    if (meta.next_page_url === null) return items;
    query = new URL(meta.next_page_url).search;
  }
  throw new Error(`Twilio's list ${path} has more than ${MAX_PAGES} pages`);
}

function memberOf(body: unknown, key: string): unknown {
  return typeof body === "object" && body !== null
    ? Object.entries(body).find(([name]) => name === key)?.[1]
    : undefined;
}

/** Parses an answer. The error names the field, and nothing of its content. */
function parsed<Value>(schema: z.ZodType<Value>, body: unknown, path: string): Value {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const field = error.issues[0]?.path.join(".") ?? "";
  throw new Error(`Twilio answered ${path} in an unexpected form${field === "" ? "" : ` (${field})`}`);
}
