/**
 * A client of Twilio's Webhooks configuration API, a public beta: the Rules, Settings and SharedKeys that decide how Twilio signs and sends webhooks.
 * Sources: https://www.twilio.com/docs/usage/webhooks/webhook-rules, /webhook-settings, /webhook-shared-keys and /webhook-operations.
 */
import { randomUUIDv7 } from "node:crypto";
import { z } from "zod";
import type { Connection } from "../../hub/config/signing.ts";
import type { Matcher } from "../../hub/signing/effective-rule.ts";
import { LiveOperation, LiveRule, LiveSetting, LiveSharedKey } from "../../hub/signing/live-rules.ts";
import { UserError } from "../../hub/values/user-error.ts";
import { requestWebhooksApi, type WebhooksAccess, type WebhooksRequest } from "./webhooks-request.ts";

export { type WebhooksAccess, WebhooksApiUnavailable } from "./webhooks-request.ts";

/** A Setting's ID, and its percentage of the webhooks. */
export interface SettingShare {
  readonly settingId: string;
  readonly percentage: number;
}

/** A Rule to create. The account's default Rule is never made here. */
export type NewRule = Exclude<Matcher, { matchType: "DEFAULT" }> & {
  readonly friendlyName: string;
  readonly settings: readonly SettingShare[];
};

/** A change of a Rule. What it matches stays. */
export interface RulePatch {
  readonly friendlyName?: string;
  readonly settings?: readonly SettingShare[];
}

/** A Setting to create: it signs, and does not authenticate to the endpoint. */
export interface NewSetting {
  readonly friendlyName: string;
  readonly signature: { readonly type: "SHARED_KEY"; readonly sharedKeyId: string; readonly algorithm: string };
  readonly connection?: Connection;
}

/** A SharedKey with its secret, which Twilio shows only in the answer to its creation. */
export type NewSharedKey = z.infer<typeof NewSharedKey>;
const NewSharedKey = LiveSharedKey.extend({ secret: z.string() });

/**
 * The API. Every function throws `WebhooksApiUnavailable` if the account does not have the API or the credentials may not use it, and `UserError` if
 * Twilio refuses in another way, does not answer, or answers something else than it documents.
 *
 * An idempotency key is a UUIDv7. A create with the key of an earlier one answers what the earlier one did, and creates nothing. Without a given key
 * each call has its own.
 */
export interface WebhooksApi {
  /** Every Rule. */
  rules(): Promise<LiveRule[]>;
  /** Every Setting: the account's own, and those that Twilio manages. */
  settings(): Promise<LiveSetting[]>;
  /** Every SharedKey, without its secret. */
  sharedKeys(): Promise<LiveSharedKey[]>;
  /** Every Operation that Twilio still keeps. */
  operations(): Promise<LiveOperation[]>;
  operation(id: string): Promise<LiveOperation>;
  /** Creates a Rule. It applies when its Operation is `COMPLETED`; the Operation's `resourceId` is the Rule's ID. */
  createRule(rule: NewRule, idempotencyKey?: string): Promise<LiveOperation>;
  /** Changes a Rule. The change applies when its Operation is `COMPLETED`. */
  patchRule(id: string, patch: RulePatch, idempotencyKey?: string): Promise<LiveOperation>;
  /** Deletes a Rule. It no longer applies when its Operation is `COMPLETED`. */
  deleteRule(id: string, idempotencyKey?: string): Promise<LiveOperation>;
  /** Creates a Setting. Twilio shows no Operation for it; it takes as long as a Rule's. */
  createSetting(setting: NewSetting, idempotencyKey?: string): Promise<LiveSetting>;
  /** Deletes a Setting that no Rule uses. */
  deleteSetting(id: string): Promise<void>;
  /** Creates a SharedKey. Nothing can show its secret again. */
  createSharedKey(friendlyName: string, idempotencyKey?: string): Promise<NewSharedKey>;
  /** Deletes a SharedKey that no Setting uses. */
  deleteSharedKey(id: string): Promise<void>;
}

/**
 * A Setting without authentication to the endpoint. `auth` is required, and its `source` is INLINE or REFERENCE
 * (https://www.twilio.com/docs/api/errors/59000).
 */
const NO_AUTHENTICATION = { source: "INLINE", value: { scheme: "NONE" } };

const Envelope = z.looseObject({ operation: LiveOperation });

/** Makes a client. It sends nothing yet. */
export function webhooksApi(access: WebhooksAccess): WebhooksApi {
  const ask = async <Schema extends z.ZodType>(asked: WebhooksRequest, schema: Schema) =>
    parse(schema, await requestWebhooksApi(access, asked), asked);
  const change = async (asked: WebhooksRequest) => (await ask(asked, Envelope)).operation;
  const remove = async (resource: WebhooksRequest["resource"], id: string) => {
    await requestWebhooksApi(access, { method: "DELETE", resource, id });
  };
  return {
    rules: () => list(access, "Rules", LiveRule),
    settings: async () => [
      ...(await list(access, "Settings", LiveSetting, { type: "CUSTOMER" })),
      ...(await list(access, "Settings", LiveSetting, { type: "SYSTEM" })),
    ],
    sharedKeys: () => list(access, "SharedKeys", LiveSharedKey),
    operations: () => list(access, "Operations", LiveOperation),
    operation: (id) => ask({ method: "GET", resource: "Operations", id }, LiveOperation),
    createRule: (body, idempotencyKey = randomUUIDv7()) =>
      change({ method: "POST", resource: "Rules", body, idempotencyKey }),
    patchRule: (id, body, idempotencyKey = randomUUIDv7()) =>
      change({ method: "PATCH", resource: "Rules", id, body, idempotencyKey }),
    deleteRule: (id, idempotencyKey = randomUUIDv7()) =>
      change({ method: "DELETE", resource: "Rules", id, idempotencyKey }),
    createSetting: (setting, idempotencyKey = randomUUIDv7()) => {
      const body = { ...setting, auth: NO_AUTHENTICATION };
      return ask({ method: "POST", resource: "Settings", body, idempotencyKey }, LiveSetting);
    },
    deleteSetting: (id) => remove("Settings", id),
    createSharedKey: (friendlyName, idempotencyKey = randomUUIDv7()) =>
      ask({ method: "POST", resource: "SharedKeys", body: { friendlyName }, idempotencyKey }, NewSharedKey),
    deleteSharedKey: (id) => remove("SharedKeys", id),
  };
}

/** The largest page, and the most pages of a list. An account has 50 of a resource; Operations are kept for seven days. */
const PAGE_SIZE = "100";
const MOST_PAGES = 100;

const Meta = z.looseObject({ meta: z.looseObject({ nextToken: z.string().nullish() }) });

async function list<Schema extends z.ZodType>(
  access: WebhooksAccess,
  resource: WebhooksRequest["resource"],
  schema: Schema,
  filter: Readonly<Record<string, string>> = {},
): Promise<z.infer<Schema>[]> {
  const key = `${resource.charAt(0).toLowerCase()}${resource.slice(1)}`;
  const Items = z.record(z.literal(key), z.array(schema));
  const items: z.infer<Schema>[] = [];
  let query: Record<string, string> = { ...filter, pageSize: PAGE_SIZE };
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const asked = { method: "GET", resource, query } as const;
    const page = parse(Meta, await requestWebhooksApi(access, asked), asked);
    items.push(...(parse(Items, { [key]: page[key] }, asked)[key] ?? []));
    const { nextToken } = page.meta;
    if (!nextToken) return items;
    query = { ...query, pageToken: nextToken };
  }
  throw new UserError(`Twilio's list of ${resource} does not end after ${MOST_PAGES} pages; look at it at Twilio`);
}

/**
 * Parses an answer.
 *
 * @throws UserError naming the parts that are not as Twilio documents them. It shows no value: an answer may hold a secret
 */
function parse<Schema extends z.ZodType>(
  schema: Schema,
  answer: unknown,
  { method, resource }: WebhooksRequest,
): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(answer);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`.replace(/^: /, ""));
  throw new UserError(
    `Twilio answered to ${method} ${resource} in a form that this program cannot read (${problems.join("; ")}); look at the ${resource} at Twilio`,
  );
}
