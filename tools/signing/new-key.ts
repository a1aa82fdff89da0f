/** `npm run signing -- new`: a SharedKey at Twilio, its secret in 1Password, and its entry in the stack's config. */
import { readSecret } from "../../handlers/start/vault.ts";
import { SharedKeyId, SIGNING_ALGORITHMS, type SigningKey } from "../../hub/config/signing.ts";
import { settingTitle } from "../../hub/signing/declared-rules.ts";
import type { WebhooksApi } from "../../infra/vendors/webhooks-api.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import type { ConfigEdit } from "../stack/edit-stack-config.ts";
import { deletion } from "./delete-key.ts";
import { changeConfig, type Hub, openAccount } from "./hub.ts";
import { createItem, itemExists, type KeyItem } from "./key-item.ts";

/** The ID that is shown before Twilio has made the key. */
const UNMADE = SharedKeyId.parse(`webhooks_sharedkey_${"0".repeat(26)}`);

/**
 * Makes a key, or shows the change of the config that would name it.
 *
 * If a run is broken off after the key was made, the next one with the same item goes on if the item holds the key's secret. Otherwise the key is of no
 * use, and is named with the command that deletes it.
 *
 * @returns the lines to print
 * @throws UserError if the item exists, or if Twilio or 1Password refuses. No key is left then that the message does not name
 */
export async function newKey(hub: Hub, item: KeyItem, write: boolean): Promise<string[]> {
  const from = `${new Date().toISOString().slice(0, 19)}Z`;
  const entry = (id: SharedKeyId): SigningKey => ({ id, algorithm: SIGNING_ALGORITHMS[0], secret: item.secret, from });
  requireNew(hub, item);
  const exists = await progress.run("looking into 1Password", () => itemExists(item, process.env));
  const api = await progress.run("reading the credentials", () => openAccount(hub));
  const earlier = await progress.run("reading the keys at Twilio", () => takenUp(hub, api, item, exists));
  if (!write) {
    const { diff } = await changeConfig(hub, keyEdits(hub, entry(earlier ?? UNMADE)));
    const made = earlier === undefined ? "Twilio makes the ID" : `the key ${earlier} of an earlier run is taken up`;
    return [diff, "", `${made}; nothing was made or written; add --write`];
  }
  const id = earlier ?? SharedKeyId.parse(await makeKey(hub, api, item));
  const change = await changeConfig(hub, keyEdits(hub, entry(id)));
  await change.write();
  const next = `next: npm run signing -- rotate --stack ${hub.stack}`;
  return [change.diff, "", `${hub.source} has the key ${id}; its secret is in 1Password, at ${item.secret}`, next];
}

/** The key's name at Twilio: the hub's mark, and where the secret belongs. */
function titleOf({ secret }: KeyItem): string {
  return settingTitle(secret);
}

function requireNew({ config, source }: Hub, { secret }: KeyItem): void {
  const used = config.signing?.keys.find((key) => key.secret === secret);
  if (used !== undefined)
    throw new UserError(`--item ${secret}: ${source} already has it, for the key ${used.id}; give another name`);
}

/**
 * The key of an earlier run for the same item that did not get as far as the config, or undefined.
 *
 * @throws UserError if there is such a key without its secret, or an item without such a key
 */
async function takenUp(
  { config, stack }: Hub,
  api: WebhooksApi,
  item: KeyItem,
  exists: boolean,
): Promise<SharedKeyId | undefined> {
  const known = config.signing?.keys.map(({ id }) => String(id)) ?? [];
  const keys = await api.sharedKeys();
  const left = keys.find(({ id, friendlyName }) => friendlyName === titleOf(item) && !known.includes(id));
  if (left === undefined) {
    if (!exists) return undefined;
    throw new UserError(
      `--item ${item.secret}: the vault "${item.vault}" already has an item "${item.title}"; a key has an item of its own: give another name`,
    );
  }
  const stored = exists ? await readSecret(item.id).catch(() => undefined) : undefined;
  if (stored === left.id) return SharedKeyId.parse(left.id);
  throw new UserError(
    `--item ${item.secret}: an earlier run made the key ${left.id} and was broken off before its secret was stored, which Twilio does not show again; delete it: ${deletion(stack, left.id)}`,
  );
}

/** Makes the key and stores its secret. If 1Password refuses, the key is deleted again. */
async function makeKey({ stack }: Hub, api: WebhooksApi, item: KeyItem): Promise<string> {
  const { id, secret } = await progress.run("making the key at Twilio", () => api.createSharedKey(titleOf(item)));
  try {
    await progress.run("storing the secret in 1Password", () => createItem(item, { id, secret }));
    const stored = await progress.run("reading it back", () => readSecret(item.secret));
    if (stored !== secret) throw new UserError(`${item.secret} does not lead to the secret that was stored`);
    return id;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const deleted = await progress
      .run("deleting the key at Twilio", () => api.deleteSharedKey(id))
      .catch((error: Error) => error);
    const outcome =
      deleted instanceof Error
        ? `and the key ${id} could not be deleted at Twilio (${deleted.message}); delete it: ${deletion(stack, id)}`
        : `the key ${id} was deleted at Twilio again, and the config is unchanged`;
    throw new UserError(`${reason.replaceAll(secret, "…")}; ${outcome}`);
  }
}

/** The first key of a stack also begins `hub:signing`, without any Rule. */
function keyEdits({ config: { signing } }: Hub, key: SigningKey): ConfigEdit[] {
  if (signing !== undefined) return [{ path: ["hub:signing", "keys", signing.keys.length], value: key }];
  return [
    {
      path: ["hub:signing"],
      value: { authToken: "accept", keys: [key], settings: [], rules: [], queries: "unprobed" },
    },
  ];
}
