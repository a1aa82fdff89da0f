/** `npm run signing -- delete`: takes a key away at Twilio that nothing uses any more. */
import { isMarked } from "../../hub/signing/declared-rules.ts";
import { progress } from "../cli/progress.ts";
import { UserError } from "../cli/run-tool.ts";
import { type Hub, openAccount } from "./hub.ts";
import { readTwilio } from "./look.ts";

/** The command that deletes a key. */
export function deletion(stack: string, id: string): string {
  return `npm run signing -- delete --stack ${stack} --key ${id} --yes`;
}

/**
 * Deletes a key, or shows which one it would delete.
 *
 * @returns the lines to print
 * @throws UserError if the config still has the key, if a Setting at Twilio still uses it, or if Twilio refuses
 */
export async function deleteKey(hub: Hub, id: string, isConfirmed: boolean): Promise<string[]> {
  if (hub.config.signing?.keys.some((key) => key.id === id)) {
    throw new UserError(
      `--key ${id}: ${hub.source} still has it; take it out with: npm run signing -- rotate --stack ${hub.stack}`,
    );
  }
  const api = await progress.run("reading the credentials", () => openAccount(hub));
  const { live, sharedKeys } = await progress.run("reading the Rules and keys at Twilio", () => readTwilio(api));
  const key = sharedKeys.find((found) => found.id === id);
  if (key === undefined) return [`Twilio has no key ${id}; nothing was deleted`];
  const user = live.settings.find(({ signature }) => signature?.sharedKeyId === id);
  if (user !== undefined) {
    const rules = live.rules.filter(({ settings }) => settings.some(({ settingId }) => settingId === user.id)).length;
    throw new UserError(`--key ${id}: the Setting ${user.id} still uses it, in ${rules} Rules; it is not deleted`);
  }
  const name = `the key ${id} (${JSON.stringify(key.friendlyName ?? "")}, ${isMarked(key) ? "made by this command" : "not made by this command"})`;
  if (!isConfirmed) return [`this deletes ${name} at Twilio, which cannot be undone`, "nothing was deleted; add --yes"];
  await progress.run("deleting the key at Twilio", () => api.deleteSharedKey(id));
  return [`${name} is deleted at Twilio; its secret is still in 1Password, and no longer of any use`];
}
